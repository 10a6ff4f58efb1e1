drop schema if exists semantic_test cascade;
create schema semantic_test;

create table semantic_test.houses (id int primary key, name text, opened date, stars int);
insert into semantic_test.houses values
    (1, 'Linden', '2001-05-01', 3), (2, 'Birch', '2010-02-28', 4), (3, 'Empty house', null, null);

create table semantic_test.rooms (id int primary key, house_id int, kind text, price numeric(10, 2));
insert into semantic_test.rooms values
    (1, 1, 'single', 80), (2, 1, 'double', 120.50), (3, 2, 'suite', 400), (4, 2, null, 95.25), (5, null, 'double', 60);

create table semantic_test.guests (id int primary key, name text, country text, vip boolean, born date);
insert into semantic_test.guests values
    (1, 'Zoë O''Hara', 'IE', true, '1980-02-29'),
    (2, '100% "Müller"', 'DE', false, '1975-12-31'),
    (3, 'under_score', 'PL', null, null),
    (4, 'back\slash', null, true, '1999-01-01'),
    (5, '東京 太郎', 'JP', false, '1990-07-07'),
    (6, 'never stayed', 'PL', true, '1960-06-06'),
    (7, 'underXscore', '', false, '2000-10-10');

create table semantic_test.passports (guest_id int primary key, number text);
insert into semantic_test.passports values (1, 'IE-1'), (2, 'DE-2'), (5, 'JP-5');

create table semantic_test.stays (
    id int primary key, guest_id int, room_id int, begins date, booked_at timestamptz, left_at timestamp,
    nights int, paid numeric(12, 2), rating double precision, state text
);
insert into semantic_test.stays values
    (1, 1, 1, '2019-12-30', '2019-12-30 00:00:00+00', '2020-01-02 10:00:00', 3, 240.00, 4.5, 'done'),
    (2, 1, 2, '2019-12-31', '2019-12-31 23:59:59.999+00', '2020-01-01 09:30:00.5', 1, 120.50, 3.25, 'done'),
    (3, 2, 3, '2020-01-01', '2020-01-01 00:00:00+00', null, 2, 800.00, null, 'cancelled'),
    (4, 2, 4, '2020-02-29', '2020-02-29 12:00:00+00', '2020-03-02 12:00:00', 2, 190.50, 5, 'done'),
    (5, 3, 4, '2020-03-31', '2020-03-31 23:59:59.9995+00', '2020-04-01 08:00:00', 1, 95.25, 1.125, 'done'),
    (6, 3, 1, '2020-04-01', '2020-04-01 00:00:00+00', '2020-04-06 08:00:00', 5, null, null, 'open'),
    (7, 4, 2, '2020-06-30', '2020-06-30 21:30:00-04', '2020-07-07 00:00:00', 7, 843.50, 4, null),
    (8, 5, 3, '2020-07-01', '2020-07-01 08:00:00+09', '2020-07-02 00:00:00', 1, 400.00, 4.75, 'done'),
    (9, 5, 5, '2020-12-31', null, null, 0, 0, 2, 'done'),
    (10, null, 5, null, '2021-01-04 00:00:00+00', null, 4, 240.00, 3, 'open'),
    (11, 7, null, '2021-01-03', '2021-01-03 23:59:59+00', null, 1, -15.75, null, ''),
    (12, 99, 2, '2021-10-01', '2021-10-01 05:00:00+00', null, 10, 1205.00, 4.5, 'done');

create table semantic_test.complaints (id int primary key, stay_id int, severity int, weight numeric(6, 2));
insert into semantic_test.complaints values
    (1, 1, 3, 1.50), (2, 1, 1, 0.25), (3, 4, 2, 2.00), (4, 5, 5, 9.99), (5, 5, 1, null), (6, 5, 2, 1.00);

create table semantic_test.scribbles (id int);
create function semantic_test.scribble() returns int language sql security definer as
    'insert into semantic_test.scribbles values (1) returning id';

grant usage on schema semantic_test to public;
grant select on all tables in schema semantic_test to public;
