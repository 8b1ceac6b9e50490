/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Security;

/**
 * The addresses of a host, and how securely they were found. They are looked up before any TLSA record (RFC 7672 §2.2.2).
 */
public sealed interface HostAddresses {

    /**
     * Addresses to connect to, in this order.
     *
     * @param host the host
     * @param aliases the aliases that led to the addresses; those of a secure chain if there is one
     * @param security whether the addresses and every alias before them are secure
     * @param addresses at least one, the families taking turns
     * @param notes what was left out and why, for people
     */
    record Found(MxHost host, List<Resolution.AliasStep> aliases, Security security, List<InetAddress> addresses, List<String> notes)
            implements HostAddresses {
        public Found {
            aliases = List.copyOf(aliases);
            addresses = List.copyOf(addresses);
            notes = List.copyOf(notes);
        }
    }

    /**
     * This server itself, by an address or a name that the host's aliases lead to (RFC 5321 §5.1): the route is cut at this host.
     *
     * @param security whether all that led here is secure, beyond the MX record itself
     */
    record Ourselves(MxHost host, InetAddress address, Security security) implements HostAddresses {
    }

    /** Nothing to connect to: no addresses, a failed lookup, or addresses that must not be connected to. */
    record NotFound(MxHost host, HostFailure failure) implements HostAddresses {
    }

    /** The host. */
    MxHost host();

    /** The address of a host that is given by its address. */
    static HostAddresses of(MxHost.Literal host, RoutingRules rules) {
        return rules.ownAddresses().contains(host.address()) ? new Ourselves(host, host.address(), Security.SECURE)
            : selected(host, List.of(), Security.INSECURE, List.of(host.address()), new ArrayList<>(), rules);
    }

    /**
     * Combines the answers for both families.
     *
     * @param ipv4 the A records, all aliases followed
     * @param ipv6 the AAAA records, all aliases followed
     */
    static HostAddresses of(MxHost.Named host, Resolution<AddressRecord> ipv4, Resolution<AddressRecord> ipv6, RoutingRules rules) {
        List<Resolution<AddressRecord>> answers = List.of(ipv6, ipv4);
        List<Resolution<AddressRecord>> found = answers.stream().filter(answer -> !answer.records().isEmpty()).toList();
        if (found.isEmpty()) {
            return new NotFound(host, nothing(host.name(), answers));
        }
        for (Resolution<AddressRecord> answer : found) {
            Optional<InetAddress> ours = ourAddress(answer, rules);
            if (ours.isPresent()) {
                return new Ourselves(host, ours.get(), answer.isSecure() ? Security.SECURE : Security.INSECURE);
            }
        }
        List<String> notes = new ArrayList<>();
        // One family found and the other failed: mail goes on with what there is, and its security decides (RFC 7672 §2.1.2 asks to
        // give up a host only if the failure prevents its address resolution).
        ipv6.failure().ifPresent(failed -> notes.add("AAAA lookup failed: " + failed.text()));
        ipv4.failure().ifPresent(failed -> notes.add("A lookup failed: " + failed.text()));
        // Two families of different security: the secure one decides, because its zone may hold TLSA records that commit the host.
        Resolution<AddressRecord> deciding = found.stream().filter(Resolution::isSecure).findFirst().orElse(found.get(0));
        Security security = deciding.isSecure() ? Security.SECURE : Security.INSECURE;
        return selected(host, deciding.aliases(), security, takingTurns(found), notes, rules);
    }

    /** RFC 5321 §5.1: the names by which we are known end the list, those at the end of an alias like those in the records. */
    private static Optional<InetAddress> ourAddress(Resolution<AddressRecord> answer, RoutingRules rules) {
        boolean byName = answer.aliases().stream().anyMatch(step -> rules.ownNames().contains(step.target()));
        return answer.records().stream().map(AddressRecord::address).filter(address -> byName || rules.ownAddresses().contains(address))
            .findFirst();
    }

    private static HostAddresses selected(MxHost host, List<Resolution.AliasStep> aliases, Security security, List<InetAddress> all,
            List<String> notes, RoutingRules rules) {
        List<InetAddress> allowed = all.stream().filter(rules::mayConnectTo).toList();
        if (allowed.isEmpty()) {
            return new NotFound(host, refused(host, all));
        }
        if (allowed.size() < all.size()) {
            notes.add("private and special addresses are left out");
        }
        return new Found(host, aliases, security, allowed.subList(0, Math.min(allowed.size(), rules.maxAddresses())), notes);
    }

    /** A private address is told first: it may be meant, and then the operator of this server has to name it. */
    private static HostFailure refused(MxHost host, List<InetAddress> all) {
        return all.stream().filter(address -> AddressScope.of(address) == AddressScope.PRIVATE).findFirst()
            .map(address -> HostFailure.of(FailureKind.PRIVATE_ADDRESS, host.toString(), "its address " + address.getHostAddress()
                + " is in a private network", RfcSection.LOCATING_THE_HOST))
            .orElseGet(() -> HostFailure.of(FailureKind.SPECIAL_ADDRESS, host.toString(), "its address " + all.get(0).getHostAddress()
                + " is a loopback, link-local or other special one", RfcSection.LOCATING_THE_HOST));
    }

    /** Takes an address of each family in turn, so that a dead family or a limit never hides the other. */
    private static List<InetAddress> takingTurns(List<Resolution<AddressRecord>> found) {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        int longest = found.stream().mapToInt(answer -> answer.records().size()).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (Resolution<AddressRecord> answer : found) {
                if (i < answer.records().size()) {
                    addresses.add(answer.records().get(i).address());
                }
            }
        }
        return List.copyOf(addresses);
    }

    private static HostFailure nothing(DomainName host, List<Resolution<AddressRecord>> answers) {
        for (Resolution<AddressRecord> answer : answers) {
            if (answer.terminal() instanceof Lookup.Failed<AddressRecord> failed) {
                return HostFailure.lookup(FailureKind.ADDRESS_LOOKUP, host.toString(), "its address", failed, RfcSection.LOOKUP_FAILURE);
            }
        }
        boolean secure = answers.stream().allMatch(Resolution::isSecure);
        // RFC 7672 §2.2.2: without addresses the destination is unreachable.
        return HostFailure.of(secure ? FailureKind.NO_ADDRESS : FailureKind.NO_ADDRESS_INSECURE, host.toString(),
            "it has no address", RfcSection.ADDRESSES_FIRST);
    }
}
