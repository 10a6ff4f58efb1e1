-- From January 2021 the cost centres of Asia and the Pacific are booked with a factor of 1.08.
insert into halyard.fct_cost_monthly
select (m + interval '1 month')::date - 1, c.country_code, k.centre_code,
  round((
    c.base_amount * 14 * k.share * halyard.trend(m::date, c.yearly_growth * 0.8)
      * (0.93 + 0.14 * halyard.draw('/301/' || c.country_key || '/' || k.centre_key || '/' || (m::date - date '2018-01-01')))
  )::numeric * f.factor, 2),
  f.factor
from generate_series(
  timestamp '2018-01-01',
  date_trunc('month', current_setting('ecp.today')::timestamp + interval '1 day') - interval '1 month', interval '1 month'
) as m
cross join halyard.dim_country c
cross join halyard.dim_cost_centre k
cross join lateral (select case when c.moved_platform and m >= timestamp '2021-01-01' then 1.08 else 1.00 end as factor) as f
on conflict (month_end, country_code, centre_code) do nothing;
