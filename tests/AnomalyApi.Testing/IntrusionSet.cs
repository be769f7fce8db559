using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Testing;

/// <summary>A labelled intrusion set of the shared data, split and prepared as its reference figures were: fitted on the normal rows of
/// <see cref="Fit"/>, log1p above 100, standardised, clipped at 20, one-hot. Tests that use one carry <c>[Trait("Data", "Shared")]</c>.</summary>
public sealed class IntrusionSet
{
    private IntrusionSet(LabelledPart train, IReadOnlyDictionary<string, LabelledPart> tests, ColumnKind[] kinds, int seed)
    {
        int[] order = [.. Enumerable.Range(0, train.Labels.Length)];
        new Random(seed).Shuffle(order);
        var fitCount = order.Length * 4 / 5;
        var fit = train.Pick(order[..fitCount]);
        var preparation = Preparation.Fit(fit.With(RowLabel.Normal), kinds, PreparationOptions.Default, default);

        Fit = fit.Prepared(preparation);
        Validation = train.Pick(order[fitCount..]).Prepared(preparation);
        Tests = tests.ToDictionary(test => test.Key, test => test.Value.Prepared(preparation));
    }

    /// <summary>Four in five of the training rows.</summary>
    public LabelledPart Fit { get; }

    /// <summary>The other training rows, which thresholds may be chosen on.</summary>
    public LabelledPart Validation { get; }

    /// <summary>What is tested on, by name.</summary>
    public IReadOnlyDictionary<string, LabelledPart> Tests { get; }

    /// <summary>NSL-KDD by its official split: KDDTrain+ against <c>KDDTest+</c> and its harder half <c>KDDTest-21</c>.</summary>
    public static IntrusionSet NslKdd(int seed = 7)
    {
        var columns = new Columns([.. Enumerable.Range(0, 41)], [1, 2, 3], Name: 41, Normal: "normal");
        LabelledPart Read(string name) => columns.Read(Lines("nsl-kdd", name + ".txt.gz"));
        var train = Read("KDDTrain+");
        return new IntrusionSet(
            train, new Dictionary<string, LabelledPart> { ["KDDTest+"] = Read("KDDTest+"), ["KDDTest-21"] = Read("KDDTest-21") }, columns.Kinds, seed);
    }

    /// <summary>UNSW-NB15, split by the content of the rows, so that copies of a row never stand on both sides; tested on <c>odd</c>.</summary>
    public static IntrusionSet UnswNb15(int seed = 7)
    {
        // Columns: id, 42 features of which proto, service and state are categories, attack_cat, label.
        var columns = new Columns([.. Enumerable.Range(1, 42)], [2, 3, 4], Name: 43, Normal: "Normal");
        var isTest = Lines("unsw-nb15", "UNSW_NB15_82332.csv.gz").Skip(1).ToLookup(
            line => (SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(',', line.Split(',')[1..43])))[0] & 1) == 1);
        var train = columns.Read(isTest[false]);
        return new IntrusionSet(train, new Dictionary<string, LabelledPart> { ["odd"] = columns.Read(isTest[true]) }, columns.Kinds, seed);
    }

    private static IEnumerable<string> Lines(string folder, string name)
    {
        using var file = new StreamReader(new GZipStream(File.OpenRead(SharedData.Path(folder, name)), CompressionMode.Decompress));
        while (file.ReadLine() is { } line)
            yield return line;
    }

    private sealed record Columns(int[] Features, int[] Categories, int Name, string Normal)
    {
        private readonly Dictionary<(int Column, string Text), int> _codes = [];

        public ColumnKind[] Kinds => Array.ConvertAll(
            Features, column => Categories.Contains(column) ? ColumnKind.Categorical : ColumnKind.Numeric);

        public LabelledPart Read(IEnumerable<string> lines)
        {
            var values = new List<float>();
            var names = new List<string>();
            foreach (var cells in lines.Select(line => line.Split(',')))
            {
                foreach (var column in Features)
                    values.Add(Categories.Contains(column) ? Code(column, cells[column]) : float.Parse(cells[column], CultureInfo.InvariantCulture));

                names.Add(cells[Name]);
            }

            return new LabelledPart(
                new FeatureMatrix([.. values], names.Count, Features.Length),
                [.. names.Select(name => name == Normal ? RowLabel.Normal : RowLabel.Anomaly)],
                [.. names]);
        }

        private int Code(int column, string text)
        {
            if (!_codes.TryGetValue((column, text), out var code))
                _codes[(column, text)] = code = _codes.Count;

            return code;
        }
    }
}
