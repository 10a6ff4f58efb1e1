-- Every country has a fixed number of places for customers; whoever leaves makes room for another. The whole plan is a
-- function of the seed, and only what has happened by the day of generation enters the tables.
create or replace function halyard.draw(key text) returns double precision
language sql immutable parallel safe
as $$ select halyard.noise(md5(current_setting('ecp.seed') || key)) $$;
comment on function halyard.draw is 'A number in [0, 1) that depends on the seed and a text.';

create temporary table place on commit drop as
select c.country_key, c.country_code, s as place, ceil(c.base_amount / 40000)::integer + 3 as places,
  c.base_amount * 300 / (ceil(c.base_amount / 40000) + 3) as usual_amount
from halyard.dim_country c, lateral generate_series(1, ceil(c.base_amount / 40000)::integer + 3) as s;

create temporary table stay on commit drop as
with drawn as (
  select p.*, turn,
    case when place = 1 then 40000 else 450 + floor(4200 * power(halyard.draw('/201/' || p.country_key || '/' || place || '/' || turn), 1.5)) end::integer as days,
    floor(150 * halyard.draw('/202/' || p.country_key || '/' || place || '/' || turn))::integer as empty_days,
    case
      when place = 1 then date '2009-01-15'
      when place <= 0.7 * places then date '2018-01-01' - 100 - floor(2200 * halyard.draw('/203/' || p.country_key || '/' || place))::integer
      else date '2018-01-01' + floor(2900 * halyard.draw('/203/' || p.country_key || '/' || place))::integer
    end as first_day
  from place p, generate_series(0, 9) as turn
),
placed as (
  select *, first_day + coalesce(sum(days + empty_days) over (
    partition by country_key, place order by turn rows between unbounded preceding and 1 preceding), 0)::integer as opened_on
  from drawn
)
select country_key, country_code, place, turn, opened_on, opened_on + days as closed_on,
  'B' || (country_key * 100000 + place * 100 + turn) as billing_id,
  'C' || (country_key * 100000 + (place - case when place % 6 = 0 then 1 else 0 end) * 100 + turn) as crm_id,
  round((usual_amount * (0.35 + 1.3 * halyard.draw('/204/' || country_key || '/' || place || '/' || turn)))::numeric, -2) as first_amount
from placed;
create index on pg_temp.stay (country_key, place);
analyze pg_temp.stay;

insert into halyard.dim_billing_account
select billing_id, country_code, opened_on from stay where opened_on <= current_setting('ecp.today')::date
on conflict (billing_id) do nothing;

insert into halyard.crm_company
select distinct on (crm_id) crm_id, 'Company ' || substr(crm_id, 2),
  case
    when place = 1 or halyard.draw('/205/' || crm_id) < 0.24 then 'Enterprise'
    when halyard.draw('/205/' || crm_id) < 0.58 then 'Mid-market'
    else 'Small business'
  end
from stay where opened_on <= current_setting('ecp.today')::date order by crm_id, place
on conflict (crm_id) do nothing;

-- About one account in twenty-five was never matched.
insert into halyard.xref_customer
select billing_id, crm_id from stay
where opened_on <= current_setting('ecp.today')::date and (place = 1 or halyard.draw('/206/' || billing_id) >= 0.04)
on conflict (billing_id) do nothing;

-- Contracts are renewed once a year, for more or for less.
with years as (
  select s.*, n, s.opened_on + n * 365 as moved_on,
    case when n = 0 then 0 else ln(0.92 + 0.22 * halyard.draw('/207/' || s.billing_id || '/' || n)) end as step
  from stay s, lateral generate_series(0, (least(s.closed_on - 1, current_setting('ecp.today')::date) - s.opened_on) / 365) as n
  where s.opened_on <= current_setting('ecp.today')::date
),
valued as (
  select *, round((first_amount * exp(sum(step) over (partition by billing_id order by n)))::numeric, 2) as amount from years
),
moved as (
  select billing_id, country_code, n, moved_on, closed_on, amount,
    amount - coalesce(lag(amount) over (partition by billing_id order by n), 0) as change,
    row_number() over (partition by billing_id order by n desc) as from_last
  from valued
)
insert into halyard.fct_arr_movement
select moved_on, billing_id, case when n = 0 then 'new' when change >= 0 then 'expansion' else 'contraction' end,
  country_code, change, case when n = 0 then 1 else 0 end
from moved
union all
select closed_on, billing_id, 'lost', country_code, -amount, -1
from moved where from_last = 1 and closed_on <= current_setting('ecp.today')::date
on conflict (moved_on, billing_id, kind) do nothing;
