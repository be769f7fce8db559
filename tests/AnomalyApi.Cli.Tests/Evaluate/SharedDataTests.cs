using System.Text.Json;
using AnomalyApi.Testing;

namespace AnomalyApi.Cli.Tests.Evaluate;

/// <summary>The sets that everybody compares with, as they are handed out.</summary>
[Trait("Data", "Shared")]
public sealed class SharedDataTests : IDisposable
{
    private const string NslColumns =
        "duration,protocol_type,service,flag,src_bytes,dst_bytes,land,wrong_fragment,urgent,hot,num_failed_logins,logged_in,num_compromised,root_shell,su_attempted,num_root,"
        + "num_file_creations,num_shells,num_access_files,num_outbound_cmds,is_host_login,is_guest_login,count,srv_count,serror_rate,srv_serror_rate,rerror_rate,srv_rerror_rate,"
        + "same_srv_rate,diff_srv_rate,srv_diff_host_rate,dst_host_count,dst_host_srv_count,dst_host_same_srv_rate,dst_host_diff_srv_rate,dst_host_same_src_port_rate,"
        + "dst_host_srv_diff_host_rate,dst_host_serror_rate,dst_host_srv_serror_rate,dst_host_rerror_rate,dst_host_srv_rerror_rate,label,difficulty";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nsl_kdd_gives_the_reference_figure_of_whitened_components()
    {
        var record = await Evaluate(
            "--data", SharedData.Path("nsl-kdd", "KDDTrain+.txt.gz"), "--test", SharedData.Path("nsl-kdd", "KDDTest+.txt.gz"), "--columns", NslColumns, "--label", "label",
            "--drop", "difficulty", "--detector", "pca");

        Assert.Equal(22544, record.GetProperty("rows_test").GetInt32());
        Assert.InRange(record.GetProperty("roc_auc").GetDouble(), 0.9689 - 0.01, 1);
        Assert.InRange(record.GetProperty("fpr_at_5").GetDouble(), 0.03, 0.06);
    }

    [Fact]
    public async Task Nsl_kdd_needs_no_names()
    {
        var record = await Evaluate(
            "--data", SharedData.Path("nsl-kdd", "KDDTrain+_20Percent.txt.gz"), "--label", "-2", "--drop", "c42", "--detector", "isolation-forest", "--max-rows", "5000");

        Assert.InRange(record.GetProperty("roc_auc").GetDouble(), 0.9, 1);
    }

    [Fact]
    public async Task Unsw_nb15_is_split_by_hash_as_its_reference_figures_were()
    {
        var record = await Evaluate(
            "--data", SharedData.Path("unsw-nb15", "UNSW_NB15_82332.csv.gz"), "--label", "label", "--drop", "id,attack_cat", "--split", "hash", "--detector", "pca");

        Assert.Equal(IntrusionSet.UnswNb15().Tests["odd"].Labels.Length, record.GetProperty("rows_test").GetInt32());
        Assert.InRange(record.GetProperty("roc_auc").GetDouble(), 0.8377 - 0.01, 1);
    }

    [Fact]
    public async Task Cic_ids2017_is_read_with_all_its_oddities()
    {
        string[] command = ["evaluate", "--data", SharedData.Path("cicids2017-sample", "th1.csv.gz"), "--label", "Label", "--detector", "isolation-forest"];

        var run = await CommandRun.Of(command);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("two columns are called 'Fwd Header Length'", run.Error, StringComparison.Ordinal);

        // Whoever cut the sample wrote a replacement character for the dash of Windows-1252.
        (await CommandRun.Of([.. command, "--normal", "nothing"])).IsRefused("'Web Attack \uFFFD XSS'");
    }

    private async Task<JsonElement> Evaluate(params string[] arguments)
    {
        var run = await CommandRun.Of(["evaluate", .. arguments, "--out", _folder["r.json"]]);
        Assert.True(run.ExitCode == 0, run.Error);
        using var json = JsonDocument.Parse(File.ReadAllText(_folder["r.json"]));
        return json.RootElement[0].Clone();
    }
}
