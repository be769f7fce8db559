using AnomalyApi.Detection;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Flows.Scoring;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Scoring;

public sealed class FlowModelTrainerTests
{
    [Fact]
    public void The_same_flows_and_seed_give_the_same_bytes_whatever_the_number_of_threads()
    {
        using var flows = Office(2_000);
        var one = FlowModelTrainer.Train(flows, Settings(threads: 1), CancellationToken.None).Model.ToBytes();
        var four = FlowModelTrainer.Train(flows, Settings(threads: 4), CancellationToken.None).Model.ToBytes();
        var otherSeed = FlowModelTrainer.Train(flows, Settings(seed: 2), CancellationToken.None).Model.ToBytes();

        Assert.Equal(one, four);
        Assert.NotEqual(one, otherSeed);
    }

    [Fact]
    public void A_model_that_was_written_and_read_scores_as_before()
    {
        using var flows = Office(2_000);
        using var fresh = Office(500, seed: 2);
        var model = FlowModelTrainer.Train(flows, Settings(), CancellationToken.None).Model;
        var read = FlowScoringModel.Read(model.ToBytes());

        Assert.Equal(Scores(model, fresh), Scores(read, fresh));
        Assert.Equal(model.ToBytes(), read.ToBytes());
    }

    [Fact]
    public void Every_flipped_byte_of_a_model_is_found()
    {
        using var flows = Office(200);
        var bytes = FlowModelTrainer.Train(flows, Settings(trees: 2), CancellationToken.None).Model.ToBytes();
        for (var at = 0; at < bytes.Length; at += 97)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= 1;
            Assert.Throws<ModelFileException>(() => FlowScoringModel.Read(damaged));
        }
    }

    [Fact]
    public void A_model_whose_parts_are_of_different_schemas_is_refused()
    {
        using var flows = Office(200);
        var model = FlowModelTrainer.Train(flows, Settings(), CancellationToken.None).Model;
        var rows = Some.NormalMatrix(200, 3);
        var foreign = AnomalyApi.Detection.Scoring.ScoringModel.Fit(
            Some.Schema(3), new IsolationForest(new IsolationForestOptions()), rows, rows, 30, new FitSettings(1), CancellationToken.None);

        var refusal = Assert.Throws<ModelFileException>(() => FlowScoringModel.Read((model with { Model = foreign }).ToBytes()));
        Assert.Contains("test-v1", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("flow-v1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_earlier_half_is_fitted_and_the_later_half_calibrates()
    {
        using var flows = Office(1_000);
        var halves = FlowModelTrainer.Train(flows, Settings(), CancellationToken.None);
        Assert.Equal((500, 500, 0), (halves.FitRows, halves.CalibrationRows, halves.TrimmedRows));
        Assert.Equal(3, halves.MedianScore, 0.2);

        var most = FlowModelTrainer.Train(flows, Settings() with { FitShare = 0.8 }, CancellationToken.None);
        Assert.Equal((800, 200), (most.FitRows, most.CalibrationRows));
    }

    [Fact]
    public void What_only_the_later_half_holds_is_not_learned_from()
    {
        // A port that first occurs in the later half must be as rare to the extractor as one that never occurs.
        using var flows = Office(1_000);
        for (var row = 500; row < flows.Count; row += 5)
        {
            flows.DestinationPort[row] = 7_777;
        }

        using var one = Some.Batch(Some.Flow(destinationPort: 7_777));
        using var never = Some.Batch(Some.Flow(destinationPort: 7_778));
        var extractor = FlowModelTrainer.Train(flows, Settings(), CancellationToken.None).Model.Extractor;
        Assert.Equal(extractor.Extract(never).AsSpan().ToArray(), extractor.Extract(one).AsSpan().ToArray());
    }

    [Fact]
    public void Attacks_that_were_called_anomalies_when_they_came_are_not_learned_from()
    {
        var traffic = new SyntheticTraffic(1, Some.Start);
        using var flows = Some.Batch([.. traffic.Normal(2_000), .. traffic.Attack(SyntheticAttackCatalog.Get("vertical-scan"), 100), .. traffic.Normal(2_000), .. traffic.Attack(SyntheticAttackCatalog.Get("vertical-scan"), 100)]);
        var scores = Array.ConvertAll(flows.Label.ToArray(), label => label == SyntheticTraffic.Benign ? 5f : 60);
        flows.Label.Clear();
        var innocent = FlowModelTrainer.Train(flows, Settings(), CancellationToken.None);
        scores.CopyTo(flows.Score);

        var warned = FlowModelTrainer.Train(flows, Settings(), CancellationToken.None);
        Assert.Equal(0, innocent.TrimmedRows);

        // Of the later half as many above the threshold stay as normal traffic would have had there: 2.
        Assert.Equal(198, warned.TrimmedRows);
        using var scan = Some.Batch(traffic.Attack(SyntheticAttackCatalog.Get("vertical-scan"), 200));
        Assert.True(Scores(warned.Model, scan).Average() > Scores(innocent.Model, scan).Average() + 5);
    }

    [Fact]
    public void A_new_calibration_brings_the_false_alarms_back_to_their_rate()
    {
        using var flows = Office(4_000);
        var model = FlowModelTrainer.Train(flows, Settings(threshold: 20), CancellationToken.None).Model;
        using var shifted = Shifted(4_000, seed: 2);
        Scores(model, shifted).CopyTo(shifted.Score);
        using var later = Shifted(10_000, seed: 3);
        var before = ShareAbove(Scores(model, later), 20);
        Assert.True(before > 0.03, $"{before:P2} above the threshold before");

        var renewed = FlowModelTrainer.Recalibrate(model, shifted, 20, default);
        var after = ShareAbove(Scores(renewed.Model, later), 20);
        Assert.InRange(after, 0.006, 0.015);
        Assert.Equal((0, 4_000, 2_000), (renewed.TrimmedRows, renewed.CalibrationRows, renewed.FitRows));
        Assert.Same(model.Extractor, renewed.Model.Extractor);
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    public void Normal_traffic_that_has_moved_is_not_trimmed_where_it_heaps_up(ulong seed)
    {
        // Every service moves in its own way, so the ensemble's scores have several heaps.
        using var flows = Some.Batch(new SyntheticTraffic(seed, Some.Start).Normal(4_000));
        var model = FlowModelTrainer.Train(flows, Ensemble(), CancellationToken.None).Model;
        using var moved = Tenfold(new SyntheticTraffic(seed + 10, Some.Start).Normal(10_000));
        using var later = Tenfold(new SyntheticTraffic(seed + 20, Some.Start).Normal(10_000));
        var before = ShareAbove(Scores(model, later), 20);
        Assert.True(before > 0.03, $"{before:P2} above the threshold before");

        var renewed = FlowModelTrainer.Recalibrate(model, moved, 20, default);

        Assert.Equal(0, renewed.TrimmedRows);
        Assert.Contains("stand apart", Assert.Single(renewed.Model.Model.Warnings), StringComparison.Ordinal);
        Assert.InRange(ShareAbove(Scores(renewed.Model, later), 20), 0.006, 0.015);
    }

    [Theory]
    [InlineData("syn-flood")]
    [InlineData("udp-amplification")]
    [InlineData("crypto-mining")]
    [InlineData("fast-exfiltration")]
    public void A_few_attacks_among_every_service_do_not_spoil_a_new_calibration(string attack)
    {
        using var flows = Some.Batch(new SyntheticTraffic(1, Some.Start).Normal(4_000));
        var model = FlowModelTrainer.Train(flows, Ensemble(), CancellationToken.None).Model;
        var traffic = new SyntheticTraffic(14, Some.Start);
        using var hour = Some.Batch(traffic.Normal(10_000).Concat(traffic.Attack(SyntheticAttackCatalog.Get(attack), 400)).Select(flow => flow with { Label = null }));
        using var later = Some.Batch(new SyntheticTraffic(13, Some.Start).Normal(10_000));

        var renewed = FlowModelTrainer.Recalibrate(model, hour, 20, default);

        // 0.4 % or less are above it with the attacks left in.
        Assert.InRange(renewed.TrimmedRows, 390, 440);
        Assert.InRange(ShareAbove(Scores(renewed.Model, later), 20), 0.006, 0.016);
        Assert.Empty(renewed.Model.Model.Warnings);
    }

    [Fact]
    public void Flows_labelled_as_anomalies_are_not_learned_as_normal()
    {
        var traffic = new SyntheticTraffic(3, Some.Start);
        var flows = Traffic(1_000, 1).Concat(traffic.Attack(SyntheticAttackCatalog.Get("vertical-scan"), 300)).Concat(Traffic(1_300, 2)).ToList();
        using var labelled = Some.Batch(flows);
        using var unlabelled = Some.Batch(flows.Select(flow => flow with { Label = null }));
        using var scan = Some.Batch(traffic.Attack(SyntheticAttackCatalog.Get("vertical-scan"), 200));

        var informed = FlowModelTrainer.Train(labelled, Settings(), CancellationToken.None);
        var misled = FlowModelTrainer.Train(unlabelled, Settings(), CancellationToken.None);

        Assert.Equal((300, 0), (informed.TrimmedRows, misled.TrimmedRows));
        Assert.True(Scores(informed.Model, scan).Average() > Scores(misled.Model, scan).Average() + 5);
    }

    [Fact]
    public void A_label_corrects_what_an_earlier_model_thought()
    {
        using var flows = Some.Batch(Traffic(2_000, 1).Select(flow => flow with { Label = "benign" }));
        flows.Score.Fill(80);

        var result = FlowModelTrainer.Train(flows, Settings(), CancellationToken.None);

        Assert.Equal((1_000, 1_000, 0), (result.FitRows, result.CalibrationRows, result.TrimmedRows));
    }

    [Fact]
    public void A_recalibration_leaves_out_flows_labelled_as_anomalies()
    {
        var traffic = new SyntheticTraffic(3, Some.Start);
        using var flows = Office(2_000);
        var model = FlowModelTrainer.Train(flows, Settings(), CancellationToken.None).Model;
        using var labelled = Some.Batch(Traffic(1_000, 2).Concat(traffic.Attack(SyntheticAttackCatalog.Get("vertical-scan"), 900)));

        var renewed = FlowModelTrainer.Recalibrate(model, labelled, 30, default);

        Assert.InRange(renewed.TrimmedRows, 900, 910);
    }

    [Fact]
    public void A_detector_that_needs_labels_is_fitted_on_those_the_flows_came_with()
    {
        var traffic = new SyntheticTraffic(3, Some.Start);
        var settings = Settings() with { Detector = new GradientBoosting(new GradientBoostingOptions()), Labels = LabelUse.Needed };
        using var labelled = Some.Batch(
            Traffic(1_000, 1).Select(flow => flow with { Label = "benign" }).Concat(traffic.Attack(SyntheticAttackCatalog.Get("fast-exfiltration"), 100)).Concat(Traffic(1_100, 2)));
        using var attacks = Some.Batch(traffic.Attack(SyntheticAttackCatalog.Get("fast-exfiltration"), 100));
        using var fresh = Office(1_000, 4);

        var model = FlowModelTrainer.Train(labelled, settings, CancellationToken.None).Model;

        Assert.True(Scores(model, attacks).Average() > 20, $"{Scores(model, attacks).Average()}");
        Assert.True(Scores(model, fresh).Average() < 8, $"{Scores(model, fresh).Average()}");

        using var none = Office(2_000);
        var refusal = Assert.Throws<InvalidOperationException>(() => FlowModelTrainer.Train(none, settings, CancellationToken.None));
        Assert.Contains("learns from labels", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("0 anomalous", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_flows_make_no_model_and_the_text_says_how_many_are_needed()
    {
        using var flows = Office(99);
        var refusal = Assert.Throws<InvalidOperationException>(() => FlowModelTrainer.Train(flows, Settings(), CancellationToken.None));
        Assert.Contains("99 flows", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("100 are needed", refusal.Message, StringComparison.Ordinal);

        using var enough = Office(100);
        var model = FlowModelTrainer.Train(enough, Settings(), CancellationToken.None).Model;
        refusal = Assert.Throws<InvalidOperationException>(() => FlowModelTrainer.Recalibrate(model, flows, 30, default));
        Assert.Contains("99 flows", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flows_that_were_all_called_anomalies_make_no_model()
    {
        using var flows = Office(1_000);
        flows.Label.Clear();
        flows.Score.Fill(80);
        var refusal = Assert.Throws<InvalidOperationException>(() => FlowModelTrainer.Train(flows, Settings(), CancellationToken.None));
        Assert.Contains("after trimming", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_training_ends_with_a_cancellation()
    {
        using var flows = Office(1_000);
        using var cancel = new CancellationTokenSource();
        var progress = new CancelAt(0.3, cancel);
        var settings = Settings() with { Fit = new FitSettings(1, 1, progress) };
        Assert.ThrowsAny<OperationCanceledException>(() => FlowModelTrainer.Train(flows, settings, cancel.Token));
        Assert.True(progress.Last < 0.5);
    }

    [Fact]
    public void Fresh_traffic_of_the_same_kind_is_called_anomalous_at_the_rate_the_score_says()
    {
        // Means over trainings, since one calibration of 5,000 flows alone moves the share at 30 by a half.
        const int Trainings = 8;
        double above20 = 0, above30 = 0;
        for (var seed = 1UL; seed <= Trainings; seed++)
        {
            using var flows = Office(10_000, seed);
            using var fresh = Office(10_000, seed + 100);
            var scores = Scores(FlowModelTrainer.Train(flows, Settings(seed), CancellationToken.None).Model, fresh);
            above20 += ShareAbove(scores, 20) / Trainings;
            above30 += ShareAbove(scores, 30) / Trainings;
        }

        TestContext.Current.SendDiagnosticMessage($"share with score >= 20: {above20:P3}, >= 30: {above30:P3}");
        Assert.InRange(above20, 0.008, 0.0125);
        Assert.InRange(above30, 0.0005, 0.0018);
    }

    private static FlowTrainingSettings Settings(ulong seed = 1, int threads = 2, int trees = 100, float threshold = 30) =>
        new(new IsolationForest(new IsolationForestOptions { Trees = trees }), LocalNetworks.Private, threshold, new FitSettings(seed, threads));

    private static FlowTrainingSettings Ensemble() =>
        Settings(threshold: 20) with { Detector = PreparedDetector.For(DetectorCatalog.Get("ensemble"), null) };

    private static FlowBatch Tenfold(IEnumerable<FlowRecord> flows) => Some.Batch(flows.Select(flow => flow with
    {
        Duration = flow.Duration * 10,
        ForwardBytes = flow.ForwardBytes * 10,
        ReverseBytes = flow.ReverseBytes * 10,
        ForwardPackets = flow.ForwardPackets * 10,
        ReversePackets = flow.ReversePackets * 10,
    }));

    private static FlowBatch Office(int flows, ulong seed = 1) => Some.Batch(Traffic(flows, seed));

    // Transfers of a thousand times the size and of a hundred times the duration.
    private static FlowBatch Shifted(int flows, ulong seed) => Some.Batch(Traffic(flows, seed).Select(flow => flow with
    {
        Duration = flow.Duration * 100,
        ForwardBytes = flow.ForwardBytes * 1000,
        ReverseBytes = flow.ReverseBytes * 1000,
        ForwardPackets = flow.ForwardPackets * 1000,
        ReversePackets = flow.ReversePackets * 1000,
    }));

    // All in the same hour of a working day, so that the halves of a training and the fresh flows are alike. Without those of which each is
    // like the other: they share one score, and no threshold cuts among them at the rate it says.
    private static IEnumerable<FlowRecord> Traffic(int flows, ulong seed) =>
        new SyntheticTraffic(seed, Some.Start) { FlowsPerHour = 100_000 }.Normal(flows * 2)
            .Where(flow => flow.State is ConnectionState.SF or ConnectionState.Rsto).Take(flows);

    private static float[] Scores(FlowScoringModel model, FlowBatch flows)
    {
        var scores = new float[flows.Count];
        model.Model.Score(model.Extractor.Extract(flows), new double[flows.Count], scores);
        return scores;
    }

    private static double ShareAbove(float[] scores, float threshold) => (double)scores.Count(score => score >= threshold) / scores.Length;

    private sealed class CancelAt(double share, CancellationTokenSource cancel) : IProgress<double>
    {
        public double Last { get; private set; }

        public void Report(double value)
        {
            Last = value;
            if (value >= share)
            {
                cancel.Cancel();
            }
        }
    }
}
