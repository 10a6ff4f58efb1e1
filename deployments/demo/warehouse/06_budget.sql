-- What was expected, out by up to 8 % a country and quarter. Nothing is taken from the facts.
with quarters as (
  select q::date as quarter_start, (q + interval '3 months')::date - q::date as days
  from generate_series(
    timestamp '2018-01-01',
    make_date(extract(year from current_setting('ecp.today')::date - interval '3 months')::integer + 2, 1, 1)::timestamp,
    interval '3 months'
  ) as q
),
expected as (
  select
    q.quarter_start, q.days, c.country_code,
    sum(
      c.base_amount * p.share * halyard.trend(q.quarter_start + 45, c.yearly_growth + p.yearly_growth)
    ) * q.days * (5 + 2 * 0.55) / 7
      * (1 + 0.05 * sin(2 * pi() * (extract(doy from q.quarter_start + 45)::double precision - 70) / 365.25))
      * (0.94 + 0.16 * halyard.noise(md5(
          current_setting('ecp.seed') || '/101/' || c.country_key || '/' || (q.quarter_start - date '2018-01-01')
        ))) as amount
  from quarters q
  cross join halyard.dim_country c
  cross join halyard.dim_product p
  group by q.quarter_start, q.days, c.country_key, c.country_code
)
insert into halyard.fct_budget_quarterly
select
  quarter_start,
  extract(year from quarter_start + interval '9 months')::integer,
  extract(quarter from quarter_start + interval '9 months')::integer,
  country_code,
  round((amount / 1000)::numeric) * 1000,
  round((amount * 0.918 / 1000)::numeric) * 1000,
  round(round((amount * 0.918 / 1000)::numeric) * 1000 * 365 / days, 2)
from expected
order by quarter_start, country_code
on conflict (quarter_start, country_code) do nothing;
