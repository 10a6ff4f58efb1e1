-- The warehouse of Halyard Markets. Parameters: ecp.seed (text) and ecp.today (date, the last day generated).
-- Every statement may run again: what is there stays, later days are added.

-- A schema laid out differently is made anew: everything in it is drawn from the seed.
do $$
begin
  if to_regclass('halyard.generation') is not null and not exists (
    select from pg_attribute
    where attrelid = to_regclass('halyard.generation') and attname = 'layout_2' and not attisdropped
  ) then
    drop schema halyard cascade;
  end if;
end
$$;

create schema if not exists halyard;
comment on schema halyard is 'Facts and reference tables of Halyard Markets, generated from a seed.';

create table if not exists halyard.generation (
  only_one boolean primary key default true check (only_one),
  seed text not null,
  layout_2 boolean not null default true
);
comment on table halyard.generation is 'The seed of everything in this schema, and how its tables are laid out.';

create table if not exists halyard.dim_day (day date primary key);
comment on table halyard.dim_day is 'Every day since 2018-01-01; stocks are joined to it.';

create table if not exists halyard.dim_country (
  country_key integer primary key,
  country_code text not null unique,
  country_name text not null,
  moved_platform boolean not null,
  base_amount double precision not null,
  yearly_growth double precision not null,
  base_staff double precision not null,
  currency_code text not null,
  usd_rate double precision not null
);
comment on table halyard.dim_country is 'Countries in which customers are billed.';
comment on column halyard.dim_country.country_key is 'Number of the country; facts are drawn from it, never from the code.';
comment on column halyard.dim_country.country_code is 'ISO 3166-1 alpha-2.';
comment on column halyard.dim_country.moved_platform is 'Billed on the platform that was replaced in November 2019.';
comment on column halyard.dim_country.base_amount is 'Expected billed amount a working day in January 2018, USD.';
comment on column halyard.dim_country.yearly_growth is 'Expected growth a year, as a fraction.';
comment on column halyard.dim_country.base_staff is 'Expected number of employees in January 2018.';
comment on column halyard.dim_country.currency_code is 'ISO 4217.';
comment on column halyard.dim_country.usd_rate is 'About how much of the currency a USD is worth.';

create table if not exists halyard.dim_product (
  product_key integer primary key,
  product_code text not null unique,
  product_name text not null,
  share double precision not null,
  yearly_growth double precision not null,
  discount_share double precision not null
);
comment on table halyard.dim_product is 'Products on the price list.';
comment on column halyard.dim_product.share is 'Share of a country''s billed amount in January 2018.';
comment on column halyard.dim_product.yearly_growth is 'Growth a year beyond the country''s, as a fraction.';
comment on column halyard.dim_product.discount_share is 'Expected discount, as a fraction of the list price.';

create table if not exists halyard.dim_billing_account (
  billing_id text primary key,
  country_code text not null,
  opened_on date not null
);
comment on table halyard.dim_billing_account is 'Customers as the billing system knows them.';

create table if not exists halyard.crm_company (
  crm_id text primary key,
  company_name text not null,
  segment_name text not null
);
comment on table halyard.crm_company is 'Customers as the CRM knows them.';

create table if not exists halyard.xref_customer (
  billing_id text primary key,
  crm_id text not null
);
comment on table halyard.xref_customer is 'Which CRM company a billing account belongs to. Some accounts are not in it.';

create table if not exists halyard.fct_revenue_daily (
  day date not null,
  country_code text not null,
  product_code text not null,
  billing_id text not null,
  gross_amount numeric(14, 2) not null,
  discount_amount numeric(14, 2) not null,
  credit_amount numeric(14, 2) not null,
  net_amount numeric(14, 2) not null,
  local_amount numeric(16, 2) not null,
  invoices integer not null,
  primary key (day, country_code, product_code)
);
comment on table halyard.fct_revenue_daily is 'Billing by day, country and product since 2018-01-01, USD.';
comment on column halyard.fct_revenue_daily.gross_amount is 'Billed at list price.';
comment on column halyard.fct_revenue_daily.discount_amount is 'Granted off the list price.';
comment on column halyard.fct_revenue_daily.credit_amount is 'Credit notes.';
comment on column halyard.fct_revenue_daily.net_amount is 'gross_amount - discount_amount - credit_amount.';
comment on column halyard.fct_revenue_daily.billing_id is 'The account billed that day: one for each country and product.';
comment on column halyard.fct_revenue_daily.local_amount is 'net_amount in the country''s own currency.';
comment on column halyard.fct_revenue_daily.invoices is 'Invoices issued.';

create table if not exists halyard.fct_budget_quarterly (
  quarter_start date not null,
  fiscal_year integer not null,
  fiscal_quarter integer not null,
  country_code text not null,
  gross_amount numeric(14, 2) not null,
  net_amount numeric(14, 2) not null,
  annualised_amount numeric(16, 2) not null,
  primary key (quarter_start, country_code)
);
comment on table halyard.fct_budget_quarterly is 'Budget by fiscal quarter and country, through the fiscal year after the present one, USD.';
comment on column halyard.fct_budget_quarterly.quarter_start is 'First day of the fiscal quarter.';
comment on column halyard.fct_budget_quarterly.fiscal_year is 'The year in which the fiscal year ends; it begins in April.';
comment on column halyard.fct_budget_quarterly.annualised_amount is 'net_amount * 365 / days of the quarter.';

create table if not exists halyard.fct_headcount_daily (
  day date not null,
  country_code text not null,
  employees integer not null,
  primary key (day, country_code)
);
comment on table halyard.fct_headcount_daily is 'Employees at the end of each day: a stock, never to be added up over days.';

create table if not exists halyard.fct_executive_pay (
  paid_on date not null,
  country_code text not null,
  grade_code text not null,
  amount numeric(14, 2) not null,
  primary key (paid_on, country_code, grade_code)
);
comment on table halyard.fct_executive_pay is 'Salary and bonus of the executive grades by pay day, USD. Restricted.';

create table if not exists halyard.fct_arr_movement (
  moved_on date not null,
  billing_id text not null,
  kind text not null check (kind in ('new', 'expansion', 'contraction', 'lost')),
  country_code text not null,
  amount numeric(14, 2) not null,
  customers integer not null,
  primary key (moved_on, billing_id, kind)
);
comment on table halyard.fct_arr_movement is 'What changed the annual recurring revenue; added up to a day, it is that day''s. Movements before 2018 are those of contracts then in force.';
comment on column halyard.fct_arr_movement.customers is '1 for a new customer, -1 for a lost one, else 0.';

create table if not exists halyard.fct_account_months (
  month_end date not null,
  billing_id text not null,
  country_code text not null,
  customers_at_start integer not null,
  customers_lost integer not null,
  arr_at_start numeric(14, 2) not null,
  arr_lost numeric(14, 2) not null,
  arr_year_ago numeric(14, 2) not null,
  arr_kept numeric(14, 2) not null,
  primary key (month_end, billing_id)
);
comment on table halyard.fct_account_months is 'Each complete month of each customer, from the movements: what churn and retention are made of.';
comment on column halyard.fct_account_months.arr_lost is 'Lost and contracted in the month, as a positive amount.';
comment on column halyard.fct_account_months.arr_kept is 'At the month''s end, of customers that were some twelve months before.';

create table if not exists halyard.active_span (
  billing_id text not null,
  country_code text not null,
  active_from date not null,
  active_until date not null,
  primary key (billing_id, active_from)
);
comment on table halyard.active_span is 'When each account had been billed within the twelve months before. Made anew by each generation.';

create table if not exists halyard.dim_cost_centre (
  centre_key integer primary key,
  centre_code text not null unique,
  centre_name text not null,
  share double precision not null
);
comment on table halyard.dim_cost_centre is 'What money is spent for.';

create table if not exists halyard.fct_cost_monthly (
  month_end date not null,
  country_code text not null,
  centre_code text not null,
  amount numeric(14, 2) not null,
  factor numeric(4, 2) not null,
  primary key (month_end, country_code, centre_code)
);
comment on table halyard.fct_cost_monthly is 'Operating cost by complete month, country and cost centre, USD.';
comment on column halyard.fct_cost_monthly.factor is 'What amount was multiplied by when it was booked.';

create table if not exists halyard.dim_issuer (
  issuer_id text primary key,
  issuer_name text not null,
  sector_name text not null,
  country_code text not null
);
comment on table halyard.dim_issuer is 'Listed companies that are covered.';

create table if not exists halyard.fct_issuer_quarterly (
  reported_on date not null,
  issuer_id text not null,
  free_cash_flow numeric(14, 2) not null,
  market_cap numeric(14, 2) not null,
  total_debt numeric(14, 2) not null,
  enterprise_value numeric(14, 2) not null,
  primary key (reported_on, issuer_id)
);
comment on table halyard.fct_issuer_quarterly is 'What is known of an issuer from that day until the next report, million USD.';
comment on column halyard.fct_issuer_quarterly.free_cash_flow is 'Of the twelve months before the report.';

create table if not exists halyard.org_person (
  person_name text primary key,
  reports_to text
);
comment on table halyard.org_person is 'Who reports to whom.';

create table if not exists halyard.org_team (
  team_name text primary key,
  reports_to text not null
);
comment on table halyard.org_team is 'Teams and whom they report to.';

create table if not exists halyard.org_team_product (
  product_code text primary key,
  team_name text not null
);
comment on table halyard.org_team_product is 'Which team owns which product.';

create table if not exists halyard.load_marks (
  dataset text primary key,
  loaded_at timestamptz not null,
  max_day date
);
comment on table halyard.load_marks is 'When each dataset was last loaded, and the newest day in it.';

-- Another seed is another enterprise: nothing of the old one may stay beside the new.
do $$
begin
  if exists (select 1 from halyard.generation where seed <> current_setting('ecp.seed')) then
    truncate halyard.fct_revenue_daily, halyard.fct_budget_quarterly, halyard.fct_headcount_daily,
             halyard.fct_executive_pay, halyard.fct_arr_movement, halyard.fct_account_months, halyard.fct_cost_monthly,
             halyard.fct_issuer_quarterly, halyard.dim_billing_account, halyard.crm_company, halyard.xref_customer,
             halyard.dim_issuer, halyard.load_marks, halyard.generation;
  end if;
end
$$;
insert into halyard.generation (seed) values (current_setting('ecp.seed')) on conflict do nothing;
