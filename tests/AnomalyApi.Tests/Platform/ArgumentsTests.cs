using AnomalyApi.Platform.Configuration;

namespace AnomalyApi.Tests.Platform;

public sealed class ArgumentsTests
{
    [Theory]
    [InlineData("--demo", "--Demo=true")]
    [InlineData("--demo --urls http://127.0.0.1:1", "--Demo=true --urls http://127.0.0.1:1")]
    [InlineData("--Demo false", "--Demo false")]
    [InlineData("--Training:Window=1.00:00:00", "--Training:Window=1.00:00:00")]
    public void Names_with_values_are_taken_and_the_bare_demo_gets_one(string line, string expected) =>
        Assert.Equal(expected.Split(' '), Arguments.Normalize(line.Split(' ')));

    [Theory]
    [InlineData("foo", "'foo' is not understood. Settings are given as --Section:Name value.")]
    [InlineData("--demoo", "'--demoo' has no value. Settings are given as --Section:Name value.")]
    [InlineData("--urls --demo", "'--urls' has no value. Settings are given as --Section:Name value.")]
    public void Anything_else_is_refused(string line, string reason) =>
        Assert.Equal(reason, Assert.Throws<ConfigurationException>(() => Arguments.Normalize(line.Split(' '))).Message);
}
