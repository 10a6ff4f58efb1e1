insert into halyard.fct_headcount_daily
select
  d::date, c.country_code,
  round(
    c.base_staff * halyard.trend(date_trunc('month', d)::date, c.yearly_growth * 0.6)
      * (0.97 + 0.06 * halyard.noise(md5(
          current_setting('ecp.seed') || '/102/' || c.country_key || '/' || (date_trunc('month', d)::date - date '2018-01-01')
        )))
  )::integer
from generate_series(
  coalesce((select max(day) + 1 from halyard.fct_headcount_daily), date '2018-01-01')::timestamp,
  current_setting('ecp.today')::timestamp,
  interval '1 day'
) as d
cross join halyard.dim_country c
order by d, c.country_code;

insert into halyard.fct_executive_pay
select
  m::date, c.country_code, g.grade_code,
  round((
    g.base_amount * halyard.trend(m::date, 0.034)
      * (0.9 + 0.2 * halyard.noise(md5(
          current_setting('ecp.seed') || '/103/' || c.country_key || '/' || g.grade_key || '/' || extract(year from m)
        )))
      * case when extract(month from m) = 4 then 3 else 1 end
  )::numeric, 2)
from generate_series(timestamp '2018-01-25', current_setting('ecp.today')::timestamp, interval '1 month') as m
cross join (select * from halyard.dim_country where country_key in (1, 6, 7, 19, 21, 23)) as c
cross join (values (1, 'E1', 91000.0), (2, 'E2', 58000.0), (3, 'E3', 37000.0)) as g (grade_key, grade_code, base_amount)
on conflict (paid_on, country_code, grade_code) do nothing;
