-- SPDX-License-Identifier: MIT
-- Statements for real.py: inserts, indexes, queries. Prints the same at every run.
create table item(id integer primary key, name text, price real, data blob);
create table sale(id integer primary key, item integer, amount integer, day integer);
begin;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
  insert into item select i, 'item ' || (i * 7919 % 20011), i * 13 % 997 / 10.0, zeroblob(i % 200) from n;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 60000)
  insert into sale select i, i * 31 % 20000 + 1, i % 17, i * 7 % 365 from n;
commit;
create index sale_item on sale(item, day);
create index item_name on item(name);
select count(*), sum(amount), max(day) from sale;
select substr(name, 1, 7) as part, count(*), round(sum(price), 1) from item group by part order by 2 desc, 1 limit 20;
select i.name, sum(s.amount * i.price) as total from sale s join item i on i.id = s.item
  group by i.id order by total desc, i.name limit 20;
update item set name = upper(name) || hex(data) where id % 3 = 0;
delete from sale where day between 100 and 200;
select sum(length(name)), count(*) from item;
select group_concat(name, ';') from (select name from item where id % 500 = 1 order by name desc);
select day, count(*), group_concat(amount) from sale where item < 2000 group by day order by day limit 10;
pragma integrity_check;
