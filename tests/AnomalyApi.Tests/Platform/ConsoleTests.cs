using System.Text;
using System.Text.Json;

namespace AnomalyApi.Tests.Platform;

/// <summary>What operators see on the console.</summary>
public sealed class ConsoleTests
{
    [Fact]
    public async Task The_greeting_says_where_the_key_is_and_its_lines_work()
    {
        await using var service = await ServiceProcess.StartAsync();
        await service.LineAsync(line => line.Contains("v1/anomalies", StringComparison.Ordinal), "the end of the greeting");
        Assert.Contains($"The admin key is in {Path.Combine("data", "admin.key")}. Try:", service.Output);
        var commands = service.Output.Where(line => line.StartsWith("  curl ", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, commands.Count);

        await File.WriteAllTextAsync(Path.Combine(service.Folder, "conn.log"), SomeBodies.ZeekTsv, TestContext.Current.CancellationToken);
        foreach (var command in commands)
        {
            var start = new System.Diagnostics.ProcessStartInfo("sh", ["-c", command.Trim() + " --fail --silent --show-error"])
            {
                WorkingDirectory = service.Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var shell = System.Diagnostics.Process.Start(start)!;
            var answer = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(shell.ExitCode == 0, $"{command}\n{error}");
            Assert.Equal(JsonValueKind.Object, JsonSerializer.Deserialize<JsonElement>(answer).ValueKind);
        }
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task A_request_has_one_line_without_secrets_and_cannot_forge_another(string format)
    {
        await using var service = await ServiceProcess.StartAsync(["--Logs:Format", format]);
        using var made = await service.Admin.PostAsync(
            "/v1/api-keys", new StringContent("""{"name":"logged","roles":["reader"]}""", Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        var key = JsonSerializer.Deserialize<JsonElement>(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var search = await service.Admin.GetAsync("/v1/flows?sensor=confidential", TestContext.Current.CancellationToken);
        using var forged = await service.Admin.GetAsync("/v1/schedules/x%0A12:00:00.000%20ERR%20forged", TestContext.Current.CancellationToken);
        using var bad = await TestService.SendFlowsAsync(service.Admin, Encoding.UTF8.GetBytes("payload-text\n"));
        await service.LineAsync(line => line.Contains("answered 422", StringComparison.Ordinal), "the line of the last request");

        var id = service.AdminKey.Split('_')[1];
        var line = Assert.Single(service.Output, text => text.Contains("answered 200", StringComparison.Ordinal));
        Assert.Contains("/v1/flows", line, StringComparison.Ordinal);
        Assert.Contains(id, line, StringComparison.Ordinal);
        var all = string.Join('\n', service.Output);
        Assert.DoesNotContain("confidential", all, StringComparison.Ordinal);
        Assert.DoesNotContain("payload-text", all, StringComparison.Ordinal);
        Assert.DoesNotContain(service.AdminKey.Split('_')[2], all, StringComparison.Ordinal);
        Assert.DoesNotContain(key.GetProperty("key").GetString()!.Split('_')[2], all, StringComparison.Ordinal);
        Assert.DoesNotContain(service.Output, text => text.StartsWith("12:00:00.000 ERR forged", StringComparison.Ordinal));
        if (format == "json")
        {
            Assert.All(service.Output, text => Assert.Equal(JsonValueKind.Object, JsonSerializer.Deserialize<JsonElement>(text).ValueKind));
        }
    }

    [Fact]
    public async Task Request_lines_can_be_switched_off()
    {
        await using var service = await ServiceProcess.StartAsync(["--Logs:Requests", "false"]);
        using var answer = await service.Admin.GetAsync("/v1/flows", TestContext.Current.CancellationToken);
        await service.StopAsync();
        Assert.DoesNotContain(service.Output, line => line.Contains("GET /v1/flows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_level_holds_for_everything_that_is_logged()
    {
        await using var service = await ServiceProcess.StartAsync(["--Logs:Level", "Error"]);
        Assert.Equal(0, await service.StopAsync());
        Assert.DoesNotContain(service.Output, line => line.Contains(" INF ", StringComparison.Ordinal) || line.Contains(" WRN ", StringComparison.Ordinal));
    }
}
