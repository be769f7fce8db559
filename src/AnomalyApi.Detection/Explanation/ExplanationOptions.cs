using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Explanation;

/// <summary>How much work <see cref="RowExplainer"/> puts into one row.</summary>
public sealed record ExplanationOptions
{
    /// <summary>Most background rows a row is compared with, from 1 to 10000; more are thinned out at random. The default is 100.</summary>
    [Range(1, 10_000)]
    public int BackgroundRows { get; init; } = 100;

    /// <summary>Most rows scored for one explanation, from 100 to 100000000. The default is 10000.</summary>
    /// <remarks>
    /// One round needs 2 (d - 1) rows for each background row, where d is the number of columns; more budget gives more rounds and less
    /// noise, less budget fewer background rows, but never none. Trees need no scoring and take no notice.
    /// </remarks>
    [Range(100, 100_000_000)]
    public int RowBudget { get; init; } = 10_000;

    /// <summary>Whether sums over trees are explained exactly, by their structure. The default is True; sampling serves to compare.</summary>
    public bool ExactTrees { get; init; } = true;

    /// <summary>Seed of the background sample and of the permutations. The default is 1.</summary>
    public ulong Seed { get; init; } = 1;
}
