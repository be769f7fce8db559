using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Xml.Linq;
using Xunit;

namespace AnomalyApi.Detection.Tests;

public sealed class DetectorOptionsTests
{
    public static TheoryData<string> Names { get; } = new(DetectorCatalog.All.Select(detector => detector.Name));

    [Theory, MemberData(nameof(Names))]
    public void The_documentation_states_the_range_and_default_that_hold(string name)
    {
        var type = DetectorCatalog.Get(name).OptionsType;
        var documentation = XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml"));
        var defaults = Activator.CreateInstance(type);
        foreach (var (option, range) in Ranges(type))
        {
            var member = documentation.Descendants("member").Single(found => found.Attribute("name")!.Value == $"P:{type.FullName}.{option.Name}");
            var summary = member.Element("summary")!.Value;

            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"from {range.Minimum} to {range.Maximum}"), summary, StringComparison.Ordinal);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"default is {option.GetValue(defaults)}"), summary, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void An_option_out_of_range_is_refused_by_name(string name)
    {
        var descriptor = DetectorCatalog.Get(name);
        foreach (var (option, range) in Ranges(descriptor.OptionsType))
        {
            var options = Activator.CreateInstance(descriptor.OptionsType);
            option.SetValue(options, Convert.ChangeType(Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture) - 1, option.PropertyType, CultureInfo.InvariantCulture));

            var error = Assert.Throws<ArgumentException>(() => descriptor.Create(options));
            Assert.Contains(option.Name, error.Message, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(PropertyInfo Option, RangeAttribute Range)> Ranges(Type type) =>
        from property in type.GetProperties()
        let range = property.GetCustomAttribute<RangeAttribute>()
        where range is not null
        select (property, range);
}
