-- Days are missing for the countries whose billing platform was replaced: 2019-11-11 to 2019-11-24.
with new_days as materialized (
  select d::date as day, d::date - date '2018-01-01' as age, halyard.season(d::date) * halyard.workday(d::date) as level
  from generate_series(
    coalesce((select max(day) + 1 from halyard.fct_revenue_daily), date '2018-01-01')::timestamp,
    current_setting('ecp.today')::timestamp,
    interval '1 day'
  ) as d
),
priced as materialized (
  select
    c.country_code, c.moved_platform, p.product_code, p.discount_share,
    current_setting('ecp.seed') || '/' || c.country_key || '/' || p.product_key || '/' as key,
    c.base_amount * p.share as base_amount, c.yearly_growth + p.yearly_growth as yearly_growth
  from halyard.dim_country c
  cross join halyard.dim_product p
),
drawn as materialized (
  select
    n.day, c.country_code, c.product_code, c.discount_share, md5(c.key || n.age) as digest,
    c.base_amount * halyard.trend(n.day, c.yearly_growth) * n.level as expected
  from new_days n
  cross join priced c
  where not (c.moved_platform and n.day between date '2019-11-11' and date '2019-11-24')
),
billed as materialized (
  select day, country_code, product_code, discount_share, digest,
    round((expected * (0.82 + 0.36 * halyard.noise(digest, 0)))::numeric, 2) as gross_amount
  from drawn
),
reduced as materialized (
  select day, country_code, product_code, digest, gross_amount,
    round((gross_amount::double precision * discount_share * (0.5 + halyard.noise(digest, 1)))::numeric, 2) as discount_amount,
    round((gross_amount::double precision * 0.03 * halyard.noise(digest, 2))::numeric, 2) as credit_amount
  from billed
)
insert into halyard.fct_revenue_daily
select day, country_code, product_code, gross_amount, discount_amount, credit_amount,
  gross_amount - discount_amount - credit_amount,
  1 + floor(gross_amount::double precision / 8000 * (0.9 + 0.2 * halyard.noise(digest, 3)))::integer
from reduced;
