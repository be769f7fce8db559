using AnomalyApi.Detection;

namespace AnomalyApi.Flows.Tests;

public class FlowLabelsTests
{
    [Theory]
    [InlineData("Benign", RowLabel.Normal)]
    [InlineData("BENIGN", RowLabel.Normal)]
    [InlineData("normal.", RowLabel.Normal)]
    [InlineData("flow=From-Normal-V42-Jist", RowLabel.Normal)]
    [InlineData("0", RowLabel.Normal)]
    [InlineData("Malicious", RowLabel.Anomaly)]
    [InlineData("flow=From-Botnet-V42-UDP-DNS", RowLabel.Anomaly)]
    [InlineData("abnormal", RowLabel.Anomaly)]
    [InlineData("1", RowLabel.Anomaly)]
    [InlineData("DoS-0", RowLabel.Anomaly)]
    [InlineData("malware-v1.0", RowLabel.Anomaly)]
    [InlineData("not normal", RowLabel.Anomaly)]
    [InlineData("non-benign", RowLabel.Anomaly)]
    [InlineData("unknown-exploit", RowLabel.Anomaly)]
    [InlineData("alert: INFO normal traffic, benign", RowLabel.Anomaly)]
    [InlineData("alert: background noise", RowLabel.Anomaly)]
    [InlineData("alert:", RowLabel.Anomaly)]
    [InlineData("Informational alert: a tool was used", RowLabel.Unknown)]
    [InlineData("Unknown", RowLabel.Unknown)]
    [InlineData("Background", RowLabel.Unknown)]
    [InlineData("flow=Background-UDP-Established", RowLabel.Unknown)]
    [InlineData("(empty)", RowLabel.Unknown)]
    [InlineData("-", RowLabel.Unknown)]
    [InlineData("", RowLabel.Unknown)]
    [InlineData(null, RowLabel.Unknown)]
    public void A_label_is_understood_in_the_words_of_labelled_captures(string? label, RowLabel meaning) =>
        Assert.Equal(meaning, FlowLabels.Meaning(label));
}
