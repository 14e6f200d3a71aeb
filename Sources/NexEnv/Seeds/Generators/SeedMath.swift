/// The functions behind distributions, the same to the last bit on every machine.
///
/// A C library's `log` and `exp` may differ from another's in the last bit, and so would data. These use addition,
/// multiplication, division and square root only, which IEEE 754 rounds alike everywhere; Swift contracts none of them into a
/// fused multiplication.
package enum SeedMath {
    private static let ln2High = 0x1.62e42fee00000p-1
    private static let ln2Low = 0x1.a39ef35793c76p-33

    /// Returns the natural logarithm of a positive number.
    package static func log(_ number: Double) -> Double {
        var exponent = Double(number.exponent)
        var significand = number.significand
        if significand > 1.414213562373095 {
            significand *= 0.5
            exponent += 1
        }
        // The series of the inverse hyperbolic tangent; its argument is below 0.172, so that eleven terms suffice.
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var sum = 0.0
        for divisor in stride(from: 23.0, through: 3, by: -2) { sum = (sum + 1 / divisor) * square }
        return exponent * ln2High + (exponent * ln2Low + 2 * ratio * (1 + sum))
    }

    /// Returns e to the power of a number.
    package static func exp(_ number: Double) -> Double {
        if number > 709 { return .infinity }
        if number < -708 { return 0 }
        let exponent = (number * 1.4426950408889634).rounded()
        let rest = number - exponent * ln2High - exponent * ln2Low
        var sum = 1.0
        for divisor in stride(from: 14.0, through: 1, by: -1) { sum = 1 + rest * sum / divisor }
        return sum * Double(sign: .plus, exponent: Int(exponent), significand: 1)
    }

    /// Returns the value below which a standard normal variable lies with a probability between 0 and 1.
    ///
    /// Wichura's algorithm AS 241 (Applied Statistics 37, 1988), good to about 16 digits.
    package static func normalQuantile(_ probability: Double) -> Double {
        let distance = probability - 0.5
        if abs(distance) <= 0.425 {
            let x = 0.180625 - distance * distance
            return distance * polynomial(central.numerator, x) / polynomial(central.denominator, x)
        }
        let x = (-log(distance <= 0 ? probability : 1 - probability)).squareRoot()
        let value =
            x <= 5
            ? polynomial(near.numerator, x - 1.6) / polynomial(near.denominator, x - 1.6)
            : polynomial(far.numerator, x - 5) / polynomial(far.denominator, x - 5)
        return distance < 0 ? -value : value
    }

    private typealias Fraction = (numerator: [Double], denominator: [Double])

    // The highest power first.
    private static let central: Fraction = (
        [
            2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
            1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
        ],
        [
            5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
            5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1,
        ]
    )
    private static let near: Fraction = (
        [
            7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
            3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0,
        ],
        [
            1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
            6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1,
        ]
    )
    private static let far: Fraction = (
        [
            2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
            2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0,
        ],
        [
            2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
            1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1,
        ]
    )

    private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
        coefficients.reduce(0) { $0 * x + $1 }
    }
}

/// Ranks from 1 to a count, of which each is the rarer the higher it is: the n-th comes about n^exponent times less often.
///
/// Rejection-inversion (Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
/// distributions", 1996): no table, whatever the count.
package struct SeedZipf: Sendable {
    private let count: Double
    private let exponent: Double
    private let areaOfFirst: Double
    private let areaOfAll: Double
    private let shortcut: Double

    /// Creates the distribution.
    ///
    /// - Parameters:
    ///   - count: The number of ranks; at least 1 and below 2⁵³.
    ///   - exponent: Above 0; 1 is Zipf's law itself.
    package init(count: UInt64, exponent: Double) {
        self.count = Double(count)
        self.exponent = exponent
        areaOfFirst = Self.integral(1.5, exponent) - 1
        areaOfAll = Self.integral(Double(count) + 0.5, exponent)
        shortcut = 2 - Self.inverse(Self.integral(2.5, exponent) - Self.power(2, exponent), exponent)
    }

    /// Returns a rank.
    package func rank(_ random: inout SeedRandom) -> UInt64 {
        while true {
            let area = areaOfAll + random.unit() * (areaOfFirst - areaOfAll)
            let x = Self.inverse(area, exponent)
            let rank = min(max((x + 0.5).rounded(.down), 1), count)
            if rank - x <= shortcut || area >= Self.integral(rank + 0.5, exponent) - Self.power(rank, exponent) {
                return UInt64(rank)
            }
        }
    }

    /// Returns x^-exponent.
    private static func power(_ x: Double, _ exponent: Double) -> Double {
        SeedMath.exp(-exponent * SeedMath.log(x))
    }

    /// Returns the integral of x^-exponent, (x^(1-exponent) - 1) / (1 - exponent), or the logarithm where the exponent is 1.
    private static func integral(_ x: Double, _ exponent: Double) -> Double {
        let log = SeedMath.log(x)
        return growth(log * (1 - exponent)) * log
    }

    /// Returns x for an ``integral(_:_:)``.
    private static func inverse(_ area: Double, _ exponent: Double) -> Double {
        let scaled = max(-1, area * (1 - exponent))
        return SeedMath.exp(logarithm(scaled) * area)
    }

    /// Returns (e^x - 1) / x, by its series where the difference would lose digits.
    private static func growth(_ x: Double) -> Double {
        abs(x) > 1e-4 ? (SeedMath.exp(x) - 1) / x : 1 + x / 2 * (1 + x / 3 * (1 + x / 4))
    }

    /// Returns log(1 + x) / x, by its series where the sum would lose digits.
    private static func logarithm(_ x: Double) -> Double {
        abs(x) > 1e-4 ? SeedMath.log(1 + x) / x : 1 - x * (1.0 / 2 - x * (1.0 / 3 - x / 4))
    }
}
