"""Assets by version, what is searched for them, and the role the application works under."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLE = """
create extension if not exists vector;
create extension if not exists pg_trgm;
do $$
begin
  if not exists (select from pg_roles where rolname = 'ecp_app') then
    begin
      create role ecp_app nologin;
    exception
      when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'ecp_app', 'member') then
    execute format('grant ecp_app to %I', current_user);
  end if;
end $$;
grant usage on schema public to ecp_app;
"""

# valid_from and valid_to are registry versions: a row is part of the versions valid_from <= v < valid_to.
TABLES = """
create table registry_versions (
  version bigint primary key,
  digest text not null,
  content_version bigint not null,
  note text not null default '',
  created_at timestamptz not null default now()
);

create table assets (
  asset_id text not null,
  kind text not null,
  digest text not null,
  body jsonb not null,
  valid_from bigint not null,
  valid_to bigint not null default 9223372036854775807,
  primary key (asset_id, valid_from)
);
create unique index assets_current on assets (asset_id) where valid_to = 9223372036854775807;
create index assets_valid on assets (valid_to, valid_from);

create table asset_names (
  asset_id text not null,
  kind text not null,
  member text,
  form text not null,
  "primary" boolean not null,
  valid_from bigint not null,
  valid_to bigint not null default 9223372036854775807
);
create index asset_names_asset on asset_names (asset_id, valid_to);
create index asset_names_form on asset_names (form);
create index asset_names_trigrams on asset_names using gin (form gin_trgm_ops);

create table asset_documents (
  asset_id text not null,
  kind text not null,
  member text,
  digest text not null,
  body text not null,
  words tsvector generated always as (to_tsvector('english', body)) stored,
  valid_from bigint not null,
  valid_to bigint not null default 9223372036854775807
);
create index asset_documents_asset on asset_documents (asset_id, valid_to);
create index asset_documents_digest on asset_documents (digest);
create index asset_documents_words on asset_documents using gin (words);

create table embeddings (
  model text not null,
  digest text not null,
  kind text not null,
  embedding vector(256) not null,
  primary key (model, digest)
);
create index embeddings_near on embeddings using hnsw (embedding vector_cosine_ops)
  where kind <> 'tribal_knowledge';
create index embeddings_near_issues on embeddings using hnsw (embedding vector_cosine_ops)
  where kind = 'tribal_knowledge';

grant select, insert on registry_versions to ecp_app;
grant select, insert, update, delete on assets, asset_names, asset_documents, embeddings to ecp_app;
"""


def upgrade() -> None:
    op.execute(ROLE)
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("drop table embeddings, asset_documents, asset_names, assets, registry_versions")
    # Roles belong to the whole cluster: another database may still use this one.
    op.execute("revoke usage on schema public from ecp_app")
