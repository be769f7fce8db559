namespace AnomalyApi.Detection.Evaluation;

/// <summary>Leaves out points of a curve that nobody could see.</summary>
internal static class CurveThinning
{
    /// <summary>The first and the last point and those between that are needed so that no step along the curve is longer than it must be.</summary>
    /// <remarks>Kept points stand at equal distances along the curve, horizontal plus vertical way. A rising curve is 2 long, so with 200
    /// points what is left out strays less than 0.01 from the line drawn.</remarks>
    public static CurvePoint[] Thin(CurvePoint[] points, int maxPoints)
    {
        if (points.Length <= maxPoints)
            return points;

        double length = 0;
        for (var i = 1; i < points.Length; i++)
            length += Way(points[i - 1], points[i]);

        var kept = new List<CurvePoint>(maxPoints) { points[0] };
        double way = 0;
        for (var i = 1; i < points.Length - 1 && kept.Count < maxPoints - 1; i++)
        {
            way += Way(points[i - 1], points[i]);
            if (way >= kept.Count * length / (maxPoints - 1))
                kept.Add(points[i]);
        }

        kept.Add(points[^1]);
        return [.. kept];
    }

    private static double Way(CurvePoint from, CurvePoint to) => Math.Abs(to.X - from.X) + Math.Abs(to.Y - from.Y);
}
