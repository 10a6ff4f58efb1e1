-- Days are missing for the countries whose billing platform was replaced: 2019-11-11 to 2019-11-24.
-- The credit notes of 2023-03-13 to 2023-03-19 never arrived.
with new_days as materialized (
  select d::date as day, d::date - date '2018-01-01' as age, halyard.season(d::date) * halyard.workday(d::date) as level,
    extract(year from d)::double precision * 12 + extract(month from d)::double precision as month_number
  from generate_series(
    coalesce((select max(day) + 1 from halyard.fct_revenue_daily), date '2018-01-01')::timestamp,
    current_setting('ecp.today')::timestamp,
    interval '1 day'
  ) as d
),
priced as materialized (
  select
    c.country_key, c.country_code, c.moved_platform, p.product_code, p.discount_share,
    c.usd_rate, ceil(c.base_amount / 40000)::integer + 3 as places,
    current_setting('ecp.seed') || '/' || c.country_key || '/' || p.product_key || '/' as key,
    c.base_amount * p.share as base_amount, c.yearly_growth + p.yearly_growth as yearly_growth
  from halyard.dim_country c
  cross join halyard.dim_product p
),
drawn as materialized (
  select
    n.day, c.country_key, c.country_code, c.product_code, c.discount_share, c.places, md5(c.key || n.age) as digest,
    case when c.usd_rate = 1 then 1
      else c.usd_rate * (1 + 0.08 * sin(n.month_number / 11 + c.country_key))
    end as rate,
    c.base_amount * halyard.trend(n.day, c.yearly_growth) * n.level as expected
  from new_days n
  cross join priced c
  where not (c.moved_platform and n.day between date '2019-11-11' and date '2019-11-24')
),
billed as materialized (
  select day, country_key, country_code, product_code, discount_share, digest, rate,
    -- Low bits of the first draw are as good as another draw.
    1 + floor(places * halyard.noise(substr(digest, 6)))::integer as place,
    round((expected * (0.82 + 0.36 * halyard.noise(digest, 0)))::numeric, 2) as gross_amount
  from drawn
),
reduced as materialized (
  select day, country_key, country_code, product_code, digest, place, rate, gross_amount,
    round((gross_amount::double precision * discount_share * (0.5 + halyard.noise(digest, 1)))::numeric, 2) as discount_amount,
    case when day between date '2023-03-13' and date '2023-03-19' then 0
      else round((gross_amount::double precision * 0.03 * halyard.noise(digest, 2))::numeric, 2) end as credit_amount
  from billed
)
insert into halyard.fct_revenue_daily
select day, r.country_code, product_code,
  -- An empty place is billed to the country's first customer.
  coalesce(s.billing_id, 'B' || (r.country_key * 100000 + 100)),
  gross_amount, discount_amount, credit_amount,
  gross_amount - discount_amount - credit_amount,
  round(((gross_amount - discount_amount - credit_amount)::double precision * rate)::numeric, 2),
  1 + floor(gross_amount::double precision / 8000 * (0.9 + 0.2 * halyard.noise(digest, 3)))::integer
from reduced r
left join stay s on s.country_key = r.country_key and s.place = r.place and r.day >= s.opened_on and r.day < s.closed_on;
