using System.Text;
using System.Text.Json;
using AnomalyApi.Flows.Formats;

namespace AnomalyApi.Flows.Tests.Formats;

public class JsonFieldsTests
{
    private static readonly JsonFieldNames Names = new(["a", "b"], ("o", ["a", "c"]), ("p", ["d"]));

    [Theory]
    [InlineData("""{"a":1,"b":"x","o":{"a":-0.5e+3,"c":null},"p":{"d":true}}""")]
    [InlineData(""" { "a" : [1,[2,{"x":"y"}],"z"] , "b" : { "c" : 1 } , "q" : { } , "o" : [ ] } """)]
    [InlineData("""{"a":1,"a":2,"o":{"c":1},"o":{"c":2}}""")]
    [InlineData("""{"b":"é\n","x\u0061":1,"o":{"o":{"c":1}}}""")]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}}""")]
    [InlineData("{}")]
    public void Both_readers_find_the_same(string json)
    {
        var line = Encoding.UTF8.GetBytes(json);
        Assert.Equal(Show(line, slowly: true), Show(line, slowly: false));
    }

    [Theory]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":1.}""")]
    [InlineData("""{"a":+1}""")]
    [InlineData("""{"a":1e}""")]
    [InlineData("""{"a":-}""")]
    [InlineData("""{"a":tru}""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1}}""")]
    [InlineData("""{"a":1} {""")]
    [InlineData("""{"a" 1}""")]
    [InlineData("""{"a":[1,]}""")]
    [InlineData("""{"a":[1}""")]
    [InlineData("""{"a":"x""")]
    [InlineData("""{a:1}""")]
    [InlineData("""{"a":"\x"}""")]
    [InlineData("{\"a\":\"\t\"}")]
    [InlineData("{\"a\":1}\0")]
    [InlineData("{\"a\":1\0")]
    [InlineData("")]
    public void What_is_no_JSON_is_refused(string json) =>
        Assert.ThrowsAny<JsonException>(() => new JsonFields(Names).Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Both_readers_agree_on_whatever_comes()
    {
        var random = new Random(5);
        var seed = """{"a":1,"b":"x","o":{"a":-0.5e+3,"c":null,"z":[1,{"q":"é"}]},"p":{"d":true,"d":false}, "r" : "" }"""u8.ToArray();
        var pieces = """{}[]":,\ tfn0123456789.eE+-abo"""u8.ToArray();
        for (var round = 0; round < 200_000; round++)
        {
            var line = seed.ToList();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                var at = random.Next(line.Count);
                switch (random.Next(3))
                {
                    case 0: line[at] = pieces[random.Next(pieces.Length)]; break;
                    case 1: line.Insert(at, pieces[random.Next(pieces.Length)]); break;
                    default: line.RemoveAt(at); break;
                }
            }

            byte[] json = [.. line];
            Assert.Equal(Show(json, slowly: true), Show(json, slowly: false));
        }
    }

    private static string Show(byte[] json, bool slowly)
    {
        var fields = new JsonFields(Names);
        try
        {
            var reason = slowly ? System.Text.Unicode.Utf8.IsValid(json) ? fields.ReadSlowly(json) : "Not valid UTF-8." : fields.Read(json);
            var text = new StringBuilder(reason).Append(fields.Twice);
            for (var i = 0; reason is null && i < Names.Count; i++)
            {
                text.Append('|').Append(fields.KindOf(i));
                if (fields.KindOf(i) is JsonTokenType.String or JsonTokenType.Number)
                {
                    text.Append(Encoding.UTF8.GetString(fields.Value(i, json, new byte[100])));
                }
            }

            return text.ToString();
        }
        catch (JsonException)
        {
            return "no JSON";
        }
        catch (InvalidOperationException)
        {
            return "half a character";
        }
    }
}
