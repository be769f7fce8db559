using System.IO.Compression;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Flows.Features;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Scoring;

/// <summary>Models fitted on the benign flows of one machine's day and used on another machine's, through the Zeek format and the feature
/// extractor of the service. Flows whose origin nobody knows (Background) are left out.</summary>
[Trait("Data", "Shared")]
public sealed class TransferTests
{
    // One benign flow in twenty.
    private const float FivePercent = 13.0103f;

    private const string Day008 = "008-mixed-conn.log.labeled.gz";
    private const string Day011 = "011-mixed-conn.log.labeled.gz";

    [Theory]
    [InlineData("pca", Day008, Day011)]
    [InlineData("pca", Day011, Day008)]
    [InlineData("ensemble", Day008, Day011)]
    [InlineData("ensemble", Day011, Day008)]
    public async Task Attacks_of_another_machine_stand_out(string detector, string fittedOn, string testedOn)
    {
        var (extractor, model) = await FitAsync(detector, fittedOn);
        using var target = await ReadAsync(testedOn, "Benign", "Malicious");

        var scores = Scores(model, extractor.Extract(target));

        Assert.InRange(Ranking.RocAuc(scores, Array.ConvertAll(target.Label.ToArray(), FlowLabels.Meaning)), 0.995, 1);
    }

    [Fact]
    public async Task An_hour_of_unlabelled_flows_brings_false_alarms_back_to_their_rate()
    {
        var (extractor, model) = await FitAsync("isolation-forest", Day008);
        using var benign = await ReadAsync(Day011, "Benign");
        using var hour = await FirstBusyHourAsync(Day011);
        var features = extractor.Extract(benign);

        var carriedOver = ShareOver(Scores(model, features));
        var renewed = ShareOver(Scores(model.Recalibrate(extractor.Extract(hour), default), features));

        Assert.InRange(carriedOver, 0.07, 0.15);
        Assert.InRange(renewed, 0.04, 0.06);
    }

    /// <summary>Fits on every other benign flow of the day and calibrates on the rest.</summary>
    private static async Task<(FlowFeatureExtractor Extractor, ScoringModel Model)> FitAsync(string detector, string day)
    {
        using var benign = await ReadAsync(day, "Benign");
        int[] even = [.. Enumerable.Range(0, benign.Count).Where(row => row % 2 == 0)];
        int[] odd = [.. Enumerable.Range(0, benign.Count).Where(row => row % 2 == 1)];
        using var fitted = FlowBatch.Rent(even.Length);
        foreach (var row in even)
            fitted.Add(benign.Record(row));

        var extractor = FlowFeatureExtractor.Learn(fitted, LocalNetworks.Parse(["147.32.0.0/16"]));
        var features = extractor.Extract(benign);
        var model = ScoringModel.Fit(
            extractor.Schema, PreparedDetector.For(DetectorCatalog.Get(detector), null), features.Pick(even), features.Pick(odd), FivePercent, new FitSettings(1), default);
        return (extractor, model);
    }

    /// <summary>The flows of the first full hour with at least 200 benign ones, a quarter of them attacks; nobody says which.</summary>
    private static async Task<FlowBatch> FirstBusyHourAsync(string day)
    {
        using var flows = await ReadAsync(day, "Benign", "Malicious");
        const long Hour = 3_600_000_000;
        var start = flows.StartMicroseconds[0];
        var rows = Enumerable.Range(0, flows.Count).ToList();
        var hours = rows.ConvertAll(row => (flows.StartMicroseconds[row] - start) / Hour);
        var labels = flows.Label.ToArray();
        var busy = Enumerable.Range(0, 24).First(hour => rows.Count(row => hours[row] == hour && labels[row] == "Benign") >= 200);

        var chosen = FlowBatch.Rent();
        foreach (var row in rows.Where(row => hours[row] == busy))
            chosen.Add(flows.Record(row) with { Label = null });

        return chosen;
    }

    private static async Task<FlowBatch> ReadAsync(string file, params string[] labels)
    {
        await using var stream = new GZipStream(File.OpenRead(SharedData.Path("zeek", file)), CompressionMode.Decompress);
        using var all = (await FlowBodies.ReadAsync("application/x-zeek-conn", stream)).Batch;
        var chosen = FlowBatch.Rent(all.Count);
        for (var row = 0; row < all.Count; row++)
        {
            if (labels.Contains(all.Label[row]))
                chosen.Add(all.Record(row));
        }

        return chosen;
    }

    private static float[] Scores(ScoringModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, new double[rows.RowCount], scores);
        return scores;
    }

    private static double ShareOver(float[] scores) => (double)scores.Count(score => score >= FivePercent) / scores.Length;
}
