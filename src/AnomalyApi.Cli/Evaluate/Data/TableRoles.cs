using AnomalyApi.Cli.Csv;
using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Cli.Evaluate.Data;

/// <summary>What each column of the data is for.</summary>
/// <param name="Label">Name of the column with the answers.</param>
/// <param name="Features">Columns that are learned from.</param>
/// <param name="Time">Column that orders the rows; null for none.</param>
/// <param name="Group">Column whose equal values belong together; null for none.</param>
internal sealed record TableRoles(string Label, IReadOnlyList<FeatureColumn> Features, string? Time, string? Group)
{
    /// <summary>Gives every column of the file its role. Time and group columns are no features: they would give the answer away.</summary>
    /// <exception cref="CommandException">A column is not there, labels are to split the rows, or no column is left to learn from.</exception>
    public static TableRoles Assign(
        CsvSurvey survey, string label, IReadOnlyList<string> dropped, IReadOnlyList<string> categorical, string? time, string? group)
    {
        var labelColumn = survey.Find(label);
        int? timeColumn = time is null ? null : survey.Find(time);
        int? groupColumn = group is null ? null : survey.Find(group);
        if (groupColumn == labelColumn || timeColumn == labelColumn)
        {
            throw new CommandException(
                $"{(groupColumn == labelColumn ? "--group" : "--time")}: column '{survey.Columns[labelColumn].Name}' holds the labels; rows to fit on and rows to test would differ in their labels.");
        }

        HashSet<int> others = [labelColumn, .. dropped.Select(survey.Find)];
        if (timeColumn is { } known)
            others.Add(known);

        if (groupColumn is { } column)
            others.Add(column);

        var named = categorical.Select(survey.Find).ToHashSet();
        var features = Enumerable.Range(0, survey.Columns.Count).Where(i => !others.Contains(i)).Select(i => new FeatureColumn(
            survey.Columns[i].Name, named.Contains(i) ? ColumnKind.Categorical : survey.Columns[i].Kind)).ToList();
        if (features.Count == 0)
            throw new CommandException($"'{survey.File.Path}' has no column left to learn from.");

        return new TableRoles(
            survey.Columns[labelColumn].Name,
            features,
            timeColumn is { } t ? survey.Columns[t].Name : null,
            groupColumn is { } g ? survey.Columns[g].Name : null);
    }
}
