insert into halyard.load_marks
values
  ('revenue', now(), (select max(day) from halyard.fct_revenue_daily)),
  ('budget', now(), (select max(quarter_start) from halyard.fct_budget_quarterly)),
  ('headcount', now(), (select max(day) from halyard.fct_headcount_daily)),
  ('compensation', now(), (select max(paid_on) from halyard.fct_executive_pay)),
  ('recurring', now(), (select max(moved_on) from halyard.fct_arr_movement)),
  ('cost', now(), (select max(month_end) from halyard.fct_cost_monthly)),
  ('issuers', now(), (select max(reported_on) from halyard.fct_issuer_quarterly)),
  ('crm', now(), null)
on conflict (dataset) do update set loaded_at = excluded.loaded_at, max_day = excluded.max_day;

analyze halyard.fct_revenue_daily, halyard.fct_budget_quarterly, halyard.fct_headcount_daily, halyard.fct_executive_pay,
  halyard.fct_arr_movement, halyard.fct_account_months, halyard.active_span, halyard.fct_cost_monthly,
  halyard.fct_issuer_quarterly, halyard.dim_billing_account, halyard.crm_company, halyard.xref_customer, halyard.dim_day;
