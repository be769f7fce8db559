using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace AnomalyApi.Testing;

/// <summary>
/// PostgreSQL for tests: a private cluster in a temporary folder, reached over a socket in that folder, started when first needed and
/// gone when disposed. With <c>ANOMALY_TEST_POSTGRES</c> (a connection string of a user who may create databases) that server instead.
/// </summary>
/// <remarks>Thread-safe. Commits go to disk as in production: what a test proves about durability must be true.</remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Names the server to use instead of a private one.</summary>
    public const string Variable = "ANOMALY_TEST_POSTGRES";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string? _given;
    private readonly List<string> _created = [];
    private string? _folder;
    private string? _binaries;
    private int _databases;

    /// <summary>The server that all tests of an assembly share; nothing is started yet.</summary>
    public PostgresServer()
        : this(Environment.GetEnvironmentVariable(Variable))
    {
    }

    private PostgresServer(string? given)
    {
        _given = string.IsNullOrEmpty(given) ? null : given;
    }

    /// <summary>A private cluster even when a server is named: for tests that stop it.</summary>
    public static PostgresServer Private() => new(null);

    /// <summary>Makes an empty database, and returns how to connect to it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        await _gate.WaitAsync();
        try
        {
            await PrepareAsync();
            var name = $"anomaly_test_{Environment.ProcessId}_{++_databases}_{Guid.NewGuid().ToString("N")[..8]}";
            await ExecuteAsync($"create database {name}");
            _created.Add(name);
            return new NpgsqlConnectionStringBuilder(AdminConnectionString()) { Database = name, Pooling = true }.ToString();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Starts the private cluster again after <see cref="StopServerAsync"/>.</summary>
    public Task StartServerAsync() => RunAsync("pg_ctl", "-D", DataFolder, "-w", "-t", "60", "-l", Path.Combine(Folder, "log"), "start");

    /// <summary>Stops the private cluster.</summary>
    /// <param name="crash">At once, without a checkpoint, as if the power failed; else as an operator would.</param>
    public Task StopServerAsync(bool crash = false) => RunAsync("pg_ctl", "-D", DataFolder, "-w", "-m", crash ? "immediate" : "fast", "stop");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_given is not null)
        {
            foreach (var name in _created)
            {
                await ExecuteAsync($"drop database if exists {name} with (force)");
            }
        }
        else if (_folder is not null)
        {
            if (File.Exists(Path.Combine(DataFolder, "postmaster.pid")))
            {
                await StopServerAsync(crash: true);
            }

            Directory.Delete(_folder, recursive: true);
        }

        _gate.Dispose();
    }

    private string Folder => _folder ?? throw new InvalidOperationException("There is no private cluster.");

    private string DataFolder => Path.Combine(Folder, "data");

    private async Task PrepareAsync()
    {
        if (_given is not null || _folder is not null)
        {
            return;
        }

        _binaries = FindBinaries();
        var folder = Path.Combine(Path.GetTempPath(), "anomaly-pg-" + Guid.NewGuid().ToString("N")[..10]);
        Directory.CreateDirectory(folder);
        _folder = folder;
        if (IsRoot)
        {
            await StartAsync("chown", [ServerUser, folder]);
        }

        await RunAsync("initdb", "-D", DataFolder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await File.AppendAllTextAsync(
            Path.Combine(DataFolder, "postgresql.conf"),
            $"""

             listen_addresses = ''
             unix_socket_directories = '{folder}'
             port = 5432
             max_connections = 200
             shared_buffers = 64MB
             max_wal_size = 512MB

             """);
        await StartServerAsync();
    }

    private static string FindBinaries()
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        return path.Split(Path.PathSeparator).Concat(debian).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new InvalidOperationException(
                $"PostgreSQL is not installed (initdb is neither on the PATH nor below /usr/lib/postgresql). tests/run.sh installs it; or name a server in {Variable}.");
    }

    // The server refuses to run as root.
    private static bool IsRoot => Environment.UserName == "root";

    private static string ServerUser =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private string AdminConnectionString() => _given
        ?? new NpgsqlConnectionStringBuilder { Host = Folder, Port = 5432, Username = "postgres", Database = "postgres", Pooling = false }.ToString();

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(AdminConnectionString()) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries!, program);
        return IsRoot ? StartAsync("runuser", ["-u", ServerUser, "--", path, .. arguments]) : StartAsync(path, arguments);
    }

    private async Task StartAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            var log = Path.Combine(Folder, "log");
            var serverLog = File.Exists(log) ? await File.ReadAllTextAsync(log) : "";
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await output}{await error}{serverLog}");
        }
    }
}
