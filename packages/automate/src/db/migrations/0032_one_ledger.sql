-- The migrations of a host stand in automate.migrations, beside those of all others.
drop table automate.host_migrations;
