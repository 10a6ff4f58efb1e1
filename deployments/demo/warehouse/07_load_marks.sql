insert into halyard.load_marks
values
  ('revenue', now(), (select max(day) from halyard.fct_revenue_daily)),
  ('budget', now(), (select max(quarter_start) from halyard.fct_budget_quarterly)),
  ('headcount', now(), (select max(day) from halyard.fct_headcount_daily)),
  ('compensation', now(), (select max(paid_on) from halyard.fct_executive_pay))
on conflict (dataset) do update set loaded_at = excluded.loaded_at, max_day = excluded.max_day;

analyze halyard.fct_revenue_daily, halyard.fct_budget_quarterly, halyard.fct_headcount_daily, halyard.fct_executive_pay;
