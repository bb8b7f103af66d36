// The names of the sounds around machines that are not the machine: what the label "other" stands for.

/// Kinds of sound that are no machine under watch.
public enum AmbientKind: String, Sendable, CaseIterable, Codable {
    case roomTone = "room-tone"
    case speech
    case babble
    case singing
    case music
    case melody
    case alarmBeep = "alarm-beep"
    case siren
    case telephone
    case bell
    case hammering
    case knocking
    case footsteps
    case keyboard
    case clock
    case applause
    case rain
    case wind
    case stream
    case traffic
    case train
    case car
    case birds
    case crickets
    case dog
    case door
    case fan
    case airConditioner = "air-conditioner"
    case powerTool = "power-tool"
    case whiteNoise = "white-noise"
    case steam
    case mainsHum = "mains-hum"
    case glass
    case forklift
}
