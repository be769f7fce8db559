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
        int[] normals = [.. Enumerable.Range(0, Labels.Length).Where(row => Labels[row] == RowLabel.Normal)];
        int[] anomalies = [.. Enumerable.Range(0, Labels.Length).Where(row => Labels[row] == RowLabel.Anomaly)];
        var half = (int)Math.Round(normals.Length / 2.0);
        int[] test = [.. normals[half..], .. anomalies];

        var fit = Rows.Pick(normals.AsSpan(0, half));
        var preparation = Preparation.Fit(fit, kinds: null, PreparationOptions.Standard, default);
        return (preparation.Apply(fit), preparation.Apply(Rows.Pick(test)), Array.ConvertAll(test, row => Labels[row]));
    }
}
