using AnomalyApi.Platform.Health;
using Microsoft.Extensions.Configuration;

namespace AnomalyApi.Tests.Platform;

public sealed class HealthCommandTests
{
    [Theory]
    [InlineData(null, null, "http://127.0.0.1:8080/health/ready")]
    [InlineData("http://0.0.0.0:8080", null, "http://127.0.0.1:8080/health/ready")]
    [InlineData("http://[::]:9000", null, "http://127.0.0.1:9000/health/ready")]
    [InlineData("http://+:9000", null, "http://127.0.0.1:9000/health/ready")]
    [InlineData("http://*:9000", "7000", "http://127.0.0.1:9000/health/ready")]
    [InlineData("http://flows.example:9000", null, "http://127.0.0.1:9000/health/ready")]
    [InlineData("http://192.0.2.7:9000", null, "http://192.0.2.7:9000/health/ready")]
    [InlineData("http://[::1]:9000", null, "http://[::1]:9000/health/ready")]
    [InlineData("http://localhost:9000", null, "http://localhost:9000/health/ready")]
    [InlineData("https://*:9443; http://*:9000", null, "http://127.0.0.1:9000/health/ready")]
    [InlineData("https://*:9443", null, "https://127.0.0.1:9443/health/ready")]
    [InlineData("", "7000;7001", "http://127.0.0.1:7000/health/ready")]
    public void It_asks_where_the_service_listens(string? urls, string? ports, string expected)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls), new("http_ports", ports)]).Build();
        Assert.Equal(expected, HealthCommand.Address(settings).AbsoluteUri);
    }

    [Fact]
    public async Task It_ends_with_0_only_while_the_service_is_ready()
    {
        string urls;
        await using (var service = await TestService.StartAsync())
        {
            urls = "--urls=" + service.Address;
            Assert.Equal(0, await HealthCommand.RunAsync([urls]));
        }

        Assert.Equal(1, await HealthCommand.RunAsync([urls]));
        Assert.Equal(1, await HealthCommand.RunAsync(["--urls=nonsense"]));
    }
}
