namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>One value that is read from each record of a template.</summary>
/// <param name="End">Offset in the record right behind the value's last byte; where fields vary in length, counted back from the end of its field.</param>
/// <param name="Slot">Where it goes.</param>
/// <param name="Mask">The bits that are its own, of the eight bytes that end at <paramref name="End"/>.</param>
/// <param name="Or">Bits added, which make the mapped form of an IPv4 address.</param>
internal readonly record struct TemplateStep(int End, int Slot, ulong Mask, ulong Or);
