using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Testing;

namespace AnomalyApi.Detection.Tests.Preprocessing;

/// <summary>Preparations that several tests look at.</summary>
internal static class Preparations
{
    /// <summary>Nothing but what it takes to fill missing values.</summary>
    public static PreparationOptions Plain { get; } = new() { Scaling = Scaling.None };

    /// <summary>Numbers with and without missing values and logarithms, and categories.</summary>
    public static (Preparation Preparation, FeatureMatrix Rows) Everything(PreparationOptions? options = null)
    {
        var rows = Some.NormalMatrix(60, 19);
        for (var row = 0; row < 60; row++)
        {
            rows.Row(row)[0] *= 1000;
            rows.Row(row)[2] = row % 7 == 0 ? float.NaN : row;
            rows.Row(row)[5] = row % 4;
            rows.Row(row)[18] = row % 3 * 5000;
        }

        var kinds = Enumerable.Range(0, 19).Select(column => column is 5 or 18 ? ColumnKind.Categorical : ColumnKind.Numeric).ToArray();
        options = (options ?? Plain) with { LogAbove = 50, MissingIndicators = true, WinsorizeShare = 0.05, ClipAt = 8 };
        return (Preparation.Fit(rows, kinds, options, default), rows);
    }

    public static Preparation Fit(FeatureMatrix rows, PreparationOptions options, params ColumnKind[] kinds) =>
        Preparation.Fit(rows, kinds.Length == 0 ? null : kinds, options, default);
}
