-- Pure functions of their arguments: a day drawn today is the day drawn next year.

create or replace function halyard.noise(digest text, draw integer default 0) returns double precision
language sql immutable parallel safe
as $$ select (('x' || substr(digest, 1 + 8 * draw, 8))::bit(32)::bigint)::double precision / 4294967296.0 $$;
comment on function halyard.noise is 'One of four independent numbers in [0, 1) that an md5 digest holds.';

create or replace function halyard.trend(day date, yearly_growth double precision) returns double precision
language sql immutable parallel safe
as $$ select power(1 + yearly_growth, (day - date '2018-01-01') / 365.25) $$;
comment on function halyard.trend is 'Growth since 2018-01-01.';

create or replace function halyard.season(day date) returns double precision
language sql immutable parallel safe
as $$
  select 1 + 0.05 * sin(2 * pi() * (extract(doy from day)::double precision - 70) / 365.25)
           + case when extract(month from day) in (3, 6, 9, 12) then 0.06 else -0.03 end
$$;
comment on function halyard.season is 'The time of the year: more is billed in the last month of a quarter.';

create or replace function halyard.workday(day date) returns double precision
language sql immutable parallel safe
as $$ select case when extract(isodow from day) > 5 then 0.55 else 1.0 end $$;
comment on function halyard.workday is 'Weekends bill less.';
