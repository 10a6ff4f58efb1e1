insert into halyard.dim_issuer
select 'I' || (1000 + n), 'Issuer ' || (1000 + n),
  (array['Banking', 'Chemicals', 'Energy', 'Mining', 'Software'])[1 + n % 5], c.country_code
from generate_series(1, 75) as n
join halyard.dim_country c on c.country_key = 1 + (n * 7) % 25
on conflict (issuer_id) do nothing;

with reports as (
  select q::date as reported_on, n, halyard.draw('/401/' || n) as size,
    halyard.draw('/402/' || n || '/' || (q::date - date '2018-01-01')) as luck,
    halyard.draw('/403/' || n || '/' || (q::date - date '2018-01-01')) as price
  from generate_series(timestamp '2018-01-01', current_setting('ecp.today')::timestamp, interval '3 months') as q
  cross join generate_series(1, 75) as n
),
valued as (
  select *, round((1500 * exp(3.2 * size) * halyard.trend(reported_on, 0.05) * (0.85 + 0.3 * price))::numeric, 2) as market_cap,
    round((1500 * exp(3.2 * size) * halyard.trend(reported_on, 0.03) * (0.25 + (n % 5) * 0.12))::numeric, 2) as total_debt
  from reports
)
insert into halyard.fct_issuer_quarterly
select reported_on, 'I' || (1000 + n), round(market_cap * (0.02 + 0.07 * luck)::numeric, 2), market_cap, total_debt,
  market_cap + total_debt
from valued
on conflict (reported_on, issuer_id) do nothing;
