// What is known about the broker after the doctor has knocked at every door between here and a subscription.
import Foundation
import MQTT

/// The way to the broker, step by step; a step that was not reached is nil.
struct BrokerFacts: Hashable, Sendable {
    /// The answer of the name service.
    enum Resolution: Hashable, Sendable {
        case addresses([String])
        case failed(reason: String)
    }

    /// The TCP handshake.
    enum Reach: Hashable, Sendable {
        case open(address: String)
        case failed(reason: String)
    }

    /// The answer to CONNECT.
    enum Connection: Hashable, Sendable {
        case accepted(MQTTProtocolVersion)
        /// The broker, or the check of its certificate, said no.
        case refused(reason: String)
        /// Nobody answered as a broker does.
        case failed(reason: String)
    }

    var address: BrokerAddress
    /// The user that the configuration names.
    var username: String?
    /// Whether the configuration names a client certificate.
    var hasClientCertificate = false
    /// Whether the configuration names authorities to trust.
    var hasAuthorities = false
    var resolution: Resolution?
    var reach: Reach?
    /// The broker's certificate; nil without TLS, or where no tool to look at it is installed.
    var certificate: CertificateFacts?
    var connection: Connection?
    /// Filters of machines that the broker refused, with its reason.
    var refusedFilters: [String: String] = [:]
    /// Filters that were granted.
    var grantedFilterCount = 0
}
