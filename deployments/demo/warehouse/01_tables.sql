-- The warehouse of Halyard Markets. Parameters: ecp.seed (text) and ecp.today (date, the last day generated).
-- Every statement may run again: what is there stays, later days are added.

create schema if not exists halyard;
comment on schema halyard is 'Facts and reference tables of Halyard Markets, generated from a seed.';

create table if not exists halyard.generation (
  only_one boolean primary key default true check (only_one),
  seed text not null
);
comment on table halyard.generation is 'The seed of everything in this schema.';

create table if not exists halyard.dim_country (
  country_key integer primary key,
  country_code text not null unique,
  country_name text not null,
  moved_platform boolean not null,
  base_amount double precision not null,
  yearly_growth double precision not null,
  base_staff double precision not null
);
comment on table halyard.dim_country is 'Countries in which customers are billed.';
comment on column halyard.dim_country.country_key is 'Number of the country; facts are drawn from it, never from the code.';
comment on column halyard.dim_country.country_code is 'ISO 3166-1 alpha-2.';
comment on column halyard.dim_country.moved_platform is 'Billed on the platform that was replaced in November 2019.';
comment on column halyard.dim_country.base_amount is 'Expected billed amount a working day in January 2018, USD.';
comment on column halyard.dim_country.yearly_growth is 'Expected growth a year, as a fraction.';
comment on column halyard.dim_country.base_staff is 'Expected number of employees in January 2018.';

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

create table if not exists halyard.fct_revenue_daily (
  day date not null,
  country_code text not null,
  product_code text not null,
  gross_amount numeric(14, 2) not null,
  discount_amount numeric(14, 2) not null,
  credit_amount numeric(14, 2) not null,
  net_amount numeric(14, 2) not null,
  invoices integer not null,
  primary key (day, country_code, product_code)
);
comment on table halyard.fct_revenue_daily is 'Billing by day, country and product since 2018-01-01, USD.';
comment on column halyard.fct_revenue_daily.gross_amount is 'Billed at list price.';
comment on column halyard.fct_revenue_daily.discount_amount is 'Granted off the list price.';
comment on column halyard.fct_revenue_daily.credit_amount is 'Credit notes.';
comment on column halyard.fct_revenue_daily.net_amount is 'gross_amount - discount_amount - credit_amount.';
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
             halyard.fct_executive_pay, halyard.load_marks, halyard.generation;
  end if;
end
$$;
insert into halyard.generation (seed) values (current_setting('ecp.seed')) on conflict do nothing;
