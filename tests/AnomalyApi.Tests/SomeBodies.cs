using System.IO.Compression;
using System.Text;

namespace AnomalyApi.Tests;

/// <summary>Small bodies, one in each format, with the same two flows.</summary>
internal static class SomeBodies
{
    public const string Flow = """{"start":1785830400.25,"src_ip":"10.0.0.5","dst_ip":"192.0.2.80","protocol":"tcp","dst_port":443}""";
    public const string OtherFlow = """{"start":1785830401.5,"src_ip":"10.0.0.5","dst_ip":"10.0.0.53","protocol":"udp","dst_port":53}""";

    public const string ZeekTsv =
        "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
        + "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\n"
        + "1785830400.25\tC1\t10.0.0.5\t50112\t192.0.2.80\t443\ttcp\tSF\n1785830401.5\tC2\t10.0.0.5\t40001\t10.0.0.53\t53\tudp\tSF\n#close\t2026-08-04-09-00-00\n";

    public const string ZeekJson =
        """
        {"ts":1785830400.25,"uid":"C1","id.orig_h":"10.0.0.5","id.orig_p":50112,"id.resp_h":"192.0.2.80","id.resp_p":443,"proto":"tcp","conn_state":"SF"}
        {"ts":1785830401.5,"uid":"C2","id.orig_h":"10.0.0.5","id.orig_p":40001,"id.resp_h":"10.0.0.53","id.resp_p":53,"proto":"udp","conn_state":"SF"}
        """;

    public static byte[] Json => Encoding.UTF8.GetBytes($"[{Flow},\n{OtherFlow}]");

    public static byte[] Ndjson => Lines(Flow, OtherFlow);

    public static byte[] Lines(params IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");

    public static byte[] Gzip(byte[] body) => Pack(body, stream => new GZipStream(stream, CompressionLevel.Fastest));

    public static byte[] Brotli(byte[] body) => Pack(body, stream => new BrotliStream(stream, CompressionLevel.Fastest));

    private static byte[] Pack(byte[] body, Func<Stream, Stream> packer)
    {
        using var packed = new MemoryStream();
        using (var stream = packer(packed))
        {
            stream.Write(body);
        }

        return packed.ToArray();
    }
}
