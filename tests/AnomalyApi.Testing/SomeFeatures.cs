using AnomalyApi.Detection;

namespace AnomalyApi.Testing;

/// <summary>Makers of inputs of which a test shows only what matters to it.</summary>
public static partial class Some
{
    /// <summary>Rows written out.</summary>
    public static FeatureMatrix Matrix(params float[][] rows) => new([.. rows.SelectMany(row => row)], rows.Length, rows[0].Length);

    /// <summary>Independent normal values with mean 0 and standard deviation 1.</summary>
    public static FeatureMatrix NormalMatrix(int rows, int columns, int seed = 1)
    {
        var random = new Random(seed);
        var values = new float[rows * columns];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

        return new FeatureMatrix(values, rows, columns);
    }

    /// <summary>A schema of plain numbers named f0, f1, ...</summary>
    public static FeatureSchema Schema(int columns) =>
        new("test-v1", [.. Enumerable.Range(0, columns).Select(i => new FeatureDefinition($"f{i}", "", $"Number {i}."))]);
}
