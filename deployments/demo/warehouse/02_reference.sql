insert into halyard.dim_country values
  ( 1, 'US', 'United States',        false, 2400000, 0.058, 610, 'USD', 1),
  ( 2, 'CA', 'Canada',               false,  380000, 0.051,  96, 'CAD', 1.35),
  ( 3, 'BR', 'Brazil',               false,  210000, 0.064,  58, 'BRL', 5.2),
  ( 4, 'MX', 'Mexico',               false,  150000, 0.060,  41, 'MXN', 18.5),
  ( 5, 'AR', 'Argentina',            false,   80000, 0.022,  19, 'ARS', 350),
  ( 6, 'GB', 'United Kingdom',       false,  900000, 0.041, 330, 'GBP', 0.79),
  ( 7, 'DE', 'Germany',              false,  600000, 0.047, 182, 'EUR', 0.92),
  ( 8, 'FR', 'France',               false,  480000, 0.044, 121, 'EUR', 0.92),
  ( 9, 'NL', 'Netherlands',          false,  220000, 0.050,  64, 'EUR', 0.92),
  (10, 'ES', 'Spain',                false,  190000, 0.048,  47, 'EUR', 0.92),
  (11, 'IT', 'Italy',                false,  230000, 0.031,  52, 'EUR', 0.92),
  (12, 'SE', 'Sweden',               false,  140000, 0.052,  33, 'SEK', 10.4),
  (13, 'CH', 'Switzerland',          false,  310000, 0.045,  88, 'CHF', 0.9),
  (14, 'ZA', 'South Africa',         false,   90000, 0.037,  24, 'ZAR', 18.2),
  (15, 'SA', 'Saudi Arabia',         false,  120000, 0.082,  22, 'SAR', 3.75),
  (16, 'AE', 'United Arab Emirates', false,  130000, 0.091,  29, 'AED', 3.67),
  (17, 'AU', 'Australia',            true,   330000, 0.056, 102, 'AUD', 1.5),
  (18, 'CN', 'China',                true,   540000, 0.072, 118, 'CNY', 7.1),
  (19, 'HK', 'Hong Kong',            true,   340000, 0.035, 140, 'HKD', 7.8),
  (20, 'IN', 'India',                true,   260000, 0.095, 410, 'INR', 82),
  (21, 'JP', 'Japan',                true,   620000, 0.029, 133, 'JPY', 138),
  (22, 'KR', 'South Korea',          true,   280000, 0.054,  61, 'KRW', 1300),
  (23, 'SG', 'Singapore',            true,   300000, 0.066, 155, 'SGD', 1.34),
  (24, 'NZ', 'New Zealand',          true,    70000, 0.049,  18, 'NZD', 1.62),
  (25, 'TH', 'Thailand',             true,    60000, 0.077,  15, 'THB', 35)
on conflict (country_key) do nothing;

insert into halyard.dim_product values
  (1, 'QS', 'Quotestream', 0.42, -0.004, 0.070),
  (2, 'FB', 'Fundbook',    0.27,  0.011, 0.055),
  (3, 'RL', 'Risklens',    0.19,  0.024, 0.095),
  (4, 'TC', 'Tickercast',  0.12, -0.018, 0.040)
on conflict (product_key) do nothing;

insert into halyard.dim_day
select d::date from generate_series(
  coalesce((select max(day) + 1 from halyard.dim_day), date '2018-01-01')::timestamp,
  current_setting('ecp.today')::timestamp, interval '1 day'
) as d;

insert into halyard.dim_cost_centre values
  (1, 'EXL', 'Exchange licences', 0.31),
  (2, 'ENG', 'Engineering',       0.27),
  (3, 'COM', 'Commissions',       0.19),
  (4, 'HLP', 'Helpdesk',          0.13),
  (5, 'PRM', 'Premises',          0.10)
on conflict (centre_key) do nothing;

insert into halyard.org_person values
  ('Ingrid Holm', null),
  ('Sarah Chen', 'Ingrid Holm'),
  ('Tomas Varga', 'Ingrid Holm'),
  ('Amara Okafor', 'Ingrid Holm'),
  ('Luis Ortega', 'Tomas Varga')
on conflict (person_name) do nothing;

insert into halyard.org_team values
  ('Tick Plant', 'Sarah Chen'),
  ('Newsroom', 'Sarah Chen'),
  ('Fund Desk', 'Tomas Varga'),
  ('Quant Lab', 'Amara Okafor'),
  ('Premises Crew', 'Luis Ortega')
on conflict (team_name) do nothing;

insert into halyard.org_team_product values
  ('QS', 'Tick Plant'),
  ('TC', 'Newsroom'),
  ('FB', 'Fund Desk'),
  ('RL', 'Quant Lab')
on conflict (product_code) do nothing;
