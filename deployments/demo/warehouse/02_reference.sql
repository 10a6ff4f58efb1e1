insert into halyard.dim_country values
  ( 1, 'US', 'United States',        false, 2400000, 0.058, 610),
  ( 2, 'CA', 'Canada',               false,  380000, 0.051,  96),
  ( 3, 'BR', 'Brazil',               false,  210000, 0.064,  58),
  ( 4, 'MX', 'Mexico',               false,  150000, 0.060,  41),
  ( 5, 'AR', 'Argentina',            false,   80000, 0.022,  19),
  ( 6, 'GB', 'United Kingdom',       false,  900000, 0.041, 330),
  ( 7, 'DE', 'Germany',              false,  600000, 0.047, 182),
  ( 8, 'FR', 'France',               false,  480000, 0.044, 121),
  ( 9, 'NL', 'Netherlands',          false,  220000, 0.050,  64),
  (10, 'ES', 'Spain',                false,  190000, 0.048,  47),
  (11, 'IT', 'Italy',                false,  230000, 0.031,  52),
  (12, 'SE', 'Sweden',               false,  140000, 0.052,  33),
  (13, 'CH', 'Switzerland',          false,  310000, 0.045,  88),
  (14, 'ZA', 'South Africa',         false,   90000, 0.037,  24),
  (15, 'SA', 'Saudi Arabia',         false,  120000, 0.082,  22),
  (16, 'AE', 'United Arab Emirates', false,  130000, 0.091,  29),
  (17, 'AU', 'Australia',            true,   330000, 0.056, 102),
  (18, 'CN', 'China',                true,   540000, 0.072, 118),
  (19, 'HK', 'Hong Kong',            true,   340000, 0.035, 140),
  (20, 'IN', 'India',                true,   260000, 0.095, 410),
  (21, 'JP', 'Japan',                true,   620000, 0.029, 133),
  (22, 'KR', 'South Korea',          true,   280000, 0.054,  61),
  (23, 'SG', 'Singapore',            true,   300000, 0.066, 155),
  (24, 'NZ', 'New Zealand',          true,    70000, 0.049,  18),
  (25, 'TH', 'Thailand',             true,    60000, 0.077,  15)
on conflict (country_key) do nothing;

insert into halyard.dim_product values
  (1, 'QS', 'Quotestream', 0.42, -0.004, 0.070),
  (2, 'FB', 'Fundbook',    0.27,  0.011, 0.055),
  (3, 'RL', 'Risklens',    0.19,  0.024, 0.095),
  (4, 'TC', 'Tickercast',  0.12, -0.018, 0.040)
on conflict (product_key) do nothing;
