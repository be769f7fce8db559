using System.Globalization;
using System.Text.RegularExpressions;
using AnomalyApi.Platform;
using AnomalyApi.Platform.Configuration;
using AnomalyApi.Platform.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AnomalyApi.Tests.Platform;

/// <summary>Holds Dockerfile and docker-compose.yml to what they take for granted of the project, since no test builds an image.</summary>
public sealed partial class ContainerFilesTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(Root, "Dockerfile"));
    private static readonly string Compose = File.ReadAllText(Path.Combine(Root, "docker-compose.yml"));

    [Fact]
    public void The_image_is_built_from_every_project_of_the_service_and_every_file_that_steers_the_build()
    {
        var copied = Copied().Matches(Dockerfile).SelectMany(line => line.Groups[1].Value.Split(' ')[..^1]).ToList();
        // The command line is a tool for people and no part of the service.
        var projects = Directory.GetDirectories(Path.Combine(Root, "src")).Select(Path.GetFileName).Where(name => name != "AnomalyApi.Cli").Select(name => $"src/{name}/*.csproj");
        var steering = Directory.GetFiles(Root).Select(Path.GetFileName).Where(name => Steering().IsMatch(name!));
        Assert.Equal(projects.Concat(steering).Append("src/").Order(), copied.Order());
    }

    [Fact]
    public void Every_setting_is_one_that_the_service_knows()
    {
        var builder = WebApplication.CreateBuilder();
        // Throws for a name that it does not know.
        builder.AddAnomalyConfiguration([.. Settings(Dockerfile).Concat(Settings(Compose)).Select(setting => $"--{setting.Key}={setting.Value}")]);
        var data = new DataDirectory(builder.Configuration[DataDirectory.Key]!);
        Assert.Equal(new DataDirectory("/data").Path, StorageSettings.Read(builder.Configuration, data).DataDirectory);
    }

    [Fact]
    public void The_port_and_the_data_directory_are_the_same_everywhere()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(Settings(Dockerfile)).Build();
        Assert.Equal("http://127.0.0.1:8080/health/ready", HealthCommand.Address(settings).AbsoluteUri);
        Assert.Contains("\nEXPOSE 8080\n", Dockerfile, StringComparison.Ordinal);
        Assert.Contains("\"127.0.0.1:${ANOMALY_PORT:-8080}:8080\"", Compose, StringComparison.Ordinal);
        Assert.Equal("/data", settings[DataDirectory.Key]);
        Assert.Contains("\nVOLUME /data\n", Dockerfile, StringComparison.Ordinal);
        Assert.Contains(" api-data:/data\n", Compose, StringComparison.Ordinal);
        Assert.Contains($"CMD [\"dotnet\", \"AnomalyApi.dll\", \"{HealthCommand.Name}\"]", Dockerfile, StringComparison.Ordinal);
    }

    [Fact]
    public void The_api_reaches_the_database_that_is_started_beside_it()
    {
        Assert.Equal(["api", "postgres"], Services().Matches(Compose).Select(service => service.Groups[1].Value));
        var connection = new NpgsqlConnectionStringBuilder(Settings(Compose)["Storage:ConnectionString"]);
        Assert.Equal("postgres", connection.Host);
        Assert.Equal(Value("POSTGRES_DB"), connection.Database);
        Assert.Equal(Value("POSTGRES_USER"), connection.Username);
        Assert.Equal(Value("POSTGRES_PASSWORD"), Value("PGPASSWORD"));
    }

    [Fact]
    public void The_engine_waits_longer_for_the_api_to_stop_than_the_service_does_for_its_requests()
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddPlatform();
        using var services = builder.Services.BuildServiceProvider();
        var grace = TimeSpan.FromSeconds(int.Parse(Grace().Match(Compose).Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.True(grace > services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    /// <summary>What either file sets in the environment, under the names of the configuration.</summary>
    private static Dictionary<string, string?> Settings(string file) =>
        Variables().Matches(file).ToDictionary(
            variable => variable.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal), string? (variable) => variable.Groups[2].Value);

    private static string Value(string key) => Regex.Match(Compose, $"^ +{key}: \"?(.+?)\"?$", RegexOptions.Multiline).Groups[1].Value;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dockerfile")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the project.");
        }

        return folder.FullName;
    }

    /// <summary>Copies from the project, not those from another stage.</summary>
    [GeneratedRegex("^COPY ([^-].+)$", RegexOptions.Multiline)]
    private static partial Regex Copied();

    [GeneratedRegex(@"^(Directory\..+|global\.json|nuget\.config|\.editorconfig|\.globalconfig)$", RegexOptions.IgnoreCase)]
    private static partial Regex Steering();

    /// <summary><c>ANOMALY_Name=value</c> or <c>ANOMALY_Name: "value"</c>.</summary>
    [GeneratedRegex("""\bANOMALY_(\w+)(?:=|: )"?([^"\s\\]+)""")]
    private static partial Regex Variables();

    [GeneratedRegex(@"^  (\w+):\n(?=    )", RegexOptions.Multiline)]
    private static partial Regex Services();

    [GeneratedRegex(@"^  api:.+?stop_grace_period: (\d+)s", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Grace();
}
