/// The byte before each element that says what it is.
package enum BSONType: UInt8 {
    case double = 0x01
    case string = 0x02
    case document = 0x03
    case array = 0x04
    case binary = 0x05
    case undefined = 0x06
    case objectID = 0x07
    case bool = 0x08
    case date = 0x09
    case null = 0x0a
    case regularExpression = 0x0b
    case dbPointer = 0x0c
    case javaScript = 0x0d
    case symbol = 0x0e
    case javaScriptWithScope = 0x0f
    case int32 = 0x10
    case timestamp = 0x11
    case int64 = 0x12
    case decimal128 = 0x13
    case minKey = 0xff
    case maxKey = 0x7f
}
