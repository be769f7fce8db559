using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using AnomalyApi.Detection;
using Spectre.Console;

namespace AnomalyApi.Cli.Detectors;

/// <summary><c>anomaly detectors</c>: what there is to choose from.</summary>
internal sealed class DetectorsCommand : Command
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public DetectorsCommand(Terminal terminal)
        : base("detectors", "Lists the detectors with their options, defaults and ranges.")
    {
        var json = new Option<bool>("--json") { Description = "Write JSON instead of a table." };
        Add(json);
        SetAction(parsed =>
        {
            if (parsed.GetValue(json))
                terminal.Output.WriteLine(JsonSerializer.Serialize(DetectorCatalog.All.Select(View), JsonOptions));
            else
                terminal.Write(Table());

            return AnomalyCommand.Succeeded;
        });
    }

    private static object View(DetectorDescriptor detector) => new
    {
        detector.Name,
        Labels = detector.Labels.ToString().ToLowerInvariant(),
        detector.IsScaleSensitive,
        detector.AcceptsMissing,
        Options = DetectorOption.Of(detector).Select(option => new
        {
            option.Name,
            Default = option.Default is Enum name ? DetectorOption.ValueText(name) : option.Default,
            option.Minimum,
            option.Maximum,
            Choices = option.Choices.Count > 0 ? option.Choices : null,
        }),
    };

    private static Table Table()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("detector", "labels", "option", "default", "allowed");
        foreach (var detector in DetectorCatalog.All)
        {
            string[] head = [detector.Name, detector.Labels.ToString().ToLowerInvariant()];
            foreach (var option in DetectorOption.Of(detector))
            {
                table.AddRow([.. head, option.Name, DetectorOption.ValueText(option.Default), Markup.Escape(option.Allowed)]);
                head = ["", ""];
            }

            if (head[0].Length > 0)
                table.AddRow([.. head, "", "", ""]);
        }

        return table;
    }
}
