using System.Globalization;
using System.IO.Compression;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Testing;

/// <summary>A labelled set of the shared data's <c>adbench</c> folder. Tests that use one carry <c>[Trait("Data", "Shared")]</c>.</summary>
public sealed class AdBench
{
    private AdBench(FeatureMatrix rows, RowLabel[] labels)
    {
        Rows = rows;
        Labels = labels;
    }

    /// <summary>All rows, in the order of the file.</summary>
    public FeatureMatrix Rows { get; }

    /// <summary>Normal or anomalous, one for each row.</summary>
    public RowLabel[] Labels { get; }

    /// <summary>The sets of at least 1,000 rows for which figures were published, with those figures (ROC-AUC x 100) by column name.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Published()
    {
        var lines = File.ReadAllLines(SharedData.Path("adbench", "reference_auc.csv"));
        var names = lines[0].Split(',');
        return lines.Skip(1).Select(line => line.Split(',')).ToDictionary(
            cells => cells[0],
            IReadOnlyDictionary<string, double> (cells) =>
                Enumerable.Range(1, names.Length - 1).ToDictionary(i => names[i], i => double.Parse(cells[i], CultureInfo.InvariantCulture)));
    }

    /// <summary>Reads the set of that name, for example <c>6_cardio</c>.</summary>
    public static AdBench Load(string name)
    {
        using var file = new StreamReader(new GZipStream(File.OpenRead(SharedData.Path("adbench", name + ".csv.gz")), CompressionMode.Decompress));
        var columns = file.ReadLine()!.Split(',').Length - 1;
        var values = new List<float>();
        var labels = new List<RowLabel>();
        while (file.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            for (var column = 0; column < columns; column++)
                values.Add(float.Parse(cells[column], CultureInfo.InvariantCulture));

            labels.Add(cells[columns] == "1" ? RowLabel.Anomaly : RowLabel.Normal);
        }

        return new AdBench(new FeatureMatrix([.. values], labels.Count, columns), [.. labels]);
    }

    /// <summary>The published protocol: fitted on the first half of the normal rows in file order, standardised by them, tested on the
    /// other half and all anomalies.</summary>
    public (FeatureMatrix Fit, FeatureMatrix Test, RowLabel[] TestLabels) OneClass()
    {
        var half = (int)Math.Round(Of(RowLabel.Normal).Length / 2.0);
        return Prepared(Of(RowLabel.Normal)[..half], [.. Of(RowLabel.Normal)[half..], .. Of(RowLabel.Anomaly)], Scaling.Standard);
    }

    /// <summary>Protocol <c>oneclass</c> of the reference tables: fitted on a random half of the normal rows, standardised by them, tested on the
    /// other half and all anomalies, of which at most 40,000 rows.</summary>
    public (FeatureMatrix Fit, FeatureMatrix Test, RowLabel[] TestLabels) OneClass(int seed)
    {
        var random = new Random(seed);
        var normals = Of(RowLabel.Normal);
        random.Shuffle(normals);
        int[] test = [.. normals[(normals.Length / 2)..], .. Of(RowLabel.Anomaly)];
        random.Shuffle(test);
        return Prepared(normals[..(normals.Length / 2)], test[..Math.Min(test.Length, 40_000)], Scaling.Standard);
    }

    /// <summary>Protocol <c>split</c> of the reference tables: of at most 10,000 rows, seven in ten of either label are fitted on and the rest
    /// tested, scaled to 0 to 1 by the fitted ones.</summary>
    public (FeatureMatrix Fit, FeatureMatrix Test, RowLabel[] TestLabels) Split(int seed)
    {
        var random = new Random(seed);
        int[] rows = [.. Enumerable.Range(0, Labels.Length)];
        random.Shuffle(rows);
        rows = rows[..Math.Min(rows.Length, 10_000)];
        int[] normals = [.. rows.Where(row => Labels[row] == RowLabel.Normal)], anomalies = [.. rows.Where(row => Labels[row] == RowLabel.Anomaly)];
        var (normalCount, anomalyCount) = ((int)Math.Round(normals.Length * 0.7), (int)Math.Round(anomalies.Length * 0.7));
        return Prepared([.. normals[..normalCount], .. anomalies[..anomalyCount]], [.. normals[normalCount..], .. anomalies[anomalyCount..]], Scaling.MinMax);
    }

    private int[] Of(RowLabel label) => [.. Enumerable.Range(0, Labels.Length).Where(row => Labels[row] == label)];

    private (FeatureMatrix Fit, FeatureMatrix Test, RowLabel[] TestLabels) Prepared(int[] fitRows, int[] testRows, Scaling scaling)
    {
        var fit = Rows.Pick(fitRows);
        var preparation = Preparation.Fit(fit, kinds: null, new PreparationOptions { Scaling = scaling }, default);
        return (preparation.Apply(fit), preparation.Apply(Rows.Pick(testRows)), Array.ConvertAll(testRows, row => Labels[row]));
    }
}
