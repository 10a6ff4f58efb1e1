-- What churn and retention are made of: each complete month of each customer.
with months as (
  select (m + interval '1 month')::date - 1 as month_end, m::date as month_start,
    ((m + interval '1 month')::date - 1 - interval '12 months')::date as year_ago
  from generate_series(
    coalesce((select max(month_end) + 1 from halyard.fct_account_months), date '2018-01-01')::timestamp,
    date_trunc('month', current_setting('ecp.today')::timestamp + interval '1 day') - interval '1 month',
    interval '1 month'
  ) as m
),
months_of as (
  select t.month_end, m.billing_id, m.country_code,
    coalesce(sum(m.customers) filter (where m.moved_on < t.month_start), 0) as customers_at_start,
    coalesce(-sum(m.customers) filter (where m.moved_on >= t.month_start and m.kind = 'lost'), 0) as customers_lost,
    coalesce(sum(m.amount) filter (where m.moved_on < t.month_start), 0) as arr_at_start,
    coalesce(-sum(m.amount) filter (where m.moved_on >= t.month_start and m.amount < 0), 0) as arr_lost,
    coalesce(sum(m.amount) filter (where m.moved_on <= t.year_ago), 0) as arr_year_ago,
    sum(m.amount) as arr_at_end
  from months t
  join halyard.fct_arr_movement m on m.moved_on <= t.month_end
  group by t.month_end, m.billing_id, m.country_code
)
insert into halyard.fct_account_months
select month_end, billing_id, country_code, customers_at_start, customers_lost, arr_at_start, arr_lost, arr_year_ago,
  case when arr_year_ago > 0 then arr_at_end else 0 end
from months_of
where customers_at_start > 0 or arr_year_ago > 0;

truncate halyard.active_span;
with billed as (
  select distinct billing_id, country_code, day from halyard.fct_revenue_daily
),
gaps as (
  select *, day > lag(day) over (partition by billing_id order by day) + interval '12 months' as begins_anew from billed
),
spans as (
  select *, count(*) filter (where begins_anew) over (partition by billing_id order by day) as span from gaps
)
insert into halyard.active_span
select billing_id, country_code, min(day), (max(day) + interval '12 months')::date - 1 from spans
group by billing_id, country_code, span;
