using System.Net;
using System.Text.Json;
using AnomalyApi.Testing;

namespace AnomalyApi.Tests.Models;

public sealed class LiveSwapTests(PostgresServer postgres)
{
    private const int Activations = 200;
    private const int Clients = 4;

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Two_hundred_swaps_lose_no_request_and_mix_no_scores(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await service.LearnAsync();
        int[] versions = [1, await service.TrainAsync(new { seed = 2, activate = "never" })];
        var bodies = Enumerable.Range(0, Clients).Select(client => OfficeTraffic.Ndjson(50, seed: 100 + (ulong)client)).ToArray();
        var alone = new Dictionary<(int Version, int Client), float[]>();
        foreach (var version in versions)
        {
            await ActivateAsync(service, version);
            for (var client = 0; client < Clients; client++)
            {
                alone[(version, client)] = (await ScoreAsync(service.Admin, bodies[client], "/v1/scores")).Scores;
            }
        }

        Assert.NotEqual(alone[(versions[0], 0)], alone[(versions[1], 0)]);
        using var done = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => ScoreUntilAsync(service, client, bodies[client], alone, done.Token))).ToArray();
        for (var swap = 0; swap < Activations; swap++)
        {
            await ActivateAsync(service, versions[swap % 2]);
        }

        await done.CancelAsync();
        var seen = (await Task.WhenAll(clients)).SelectMany(answers => answers).CountBy(version => version).ToDictionary();
        Assert.Equal(versions, seen.Keys.Order());
    }

    // Half of the answers are stored and half are not: both take their model from the same place.
    private static async Task<List<int>> ScoreUntilAsync(
        TestService service, int client, byte[] body, Dictionary<(int Version, int Client), float[]> alone, CancellationToken done)
    {
        using var http = service.Client(service.AdminKey);
        var seen = new List<int>();
        while (!done.IsCancellationRequested)
        {
            var (version, scores) = await ScoreAsync(http, body, seen.Count % 2 == 0 ? "/v1/scores" : "/v1/flows");
            Assert.Equal(alone[(version, client)], scores);
            seen.Add(version);
        }

        return seen;
    }

    private static async Task<(int Version, float[] Scores)> ScoreAsync(HttpClient http, byte[] body, string path)
    {
        using var answer = await TestService.SendFlowsAsync(http, body, path: path + "?scores=all");
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal(batch.Number("model_version").ToString(System.Globalization.CultureInfo.InvariantCulture), answer.Headers.GetValues("Model-Version").Single());
        return ((int)batch.Number("model_version"), batch.Floats("scores"));
    }

    private static async Task<JsonElement> ActivateAsync(TestService service, int version)
    {
        using var answer = await service.Admin.PostAsync($"/v1/models/{version}/activation", null);
        var model = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal(version, model.Number("version"));
        return model;
    }
}
