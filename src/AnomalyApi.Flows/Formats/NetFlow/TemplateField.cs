namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>One field of a template whose records vary in length.</summary>
/// <param name="Length">Bytes; <see cref="FlowTemplate.VariableLength"/> when the record says it.</param>
/// <param name="FirstStep">Its first step.</param>
/// <param name="StepCount">How many steps read it.</param>
internal readonly record struct TemplateField(ushort Length, short FirstStep, short StepCount);
