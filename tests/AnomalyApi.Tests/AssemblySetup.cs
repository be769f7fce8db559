using AnomalyApi.Testing;

[assembly: AssemblyFixture(typeof(PostgresServer))]
