/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.CnameRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.dns.TxtRecord;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** Turns records of the DNS library into ours. */
final class RecordMapping {
    /** Addresses of one host, of either family; large mail services have below twenty. */
    static final int MAX_ADDRESSES = 64;
    /** Mail hosts of one domain; what is tried of more than a few is a matter of luck. */
    static final int MAX_MX = 100;
    /** Certificate associations of one service; two, or four during a roll-over, are usual (RFC 7671 §8.1). */
    static final int MAX_TLSA = 100;
    /** TXT records of one name; there is one where mail looks, but for the bystanders of a wildcard. */
    static final int MAX_TXT = 100;

    private RecordMapping() {
    }

    /**
     * The records; none of a type that is not handed out but asked for by ourselves.
     *
     * @throws LookupFailure over budget if there are more than are handed out: to choose some would be to choose for the caller
     */
    static List<DnsRecord> of(SignedRrset set) {
        int allowed = limit(set.type());
        if (set.records().size() > allowed) {
            throw LookupFailure.of(Lookup.Reason.BUDGET, set + " has " + set.records().size() + " records, at most " + allowed
                + " are used");
        }
        return set.records().stream().map(RecordMapping::of).flatMap(Optional::stream).toList();
    }

    private static int limit(int type) {
        return switch (type) {
            case Type.A, Type.AAAA -> MAX_ADDRESSES;
            case Type.MX -> MAX_MX;
            case Type.TLSA -> MAX_TLSA;
            case Type.TXT -> MAX_TXT;
            default -> RrsetVerifier.MAX_RECORDS_PER_SET;
        };
    }

    private static Optional<DnsRecord> of(Record record) {
        if (record instanceof ARecord a) {
            return Optional.of(address(a.getAddress()));
        } else if (record instanceof AAAARecord aaaa) {
            return Optional.of(address(aaaa.getAddress()));
        } else if (record instanceof MXRecord mx) {
            return Optional.of(new MxRecord(mx.getPriority(), WireNames.fromWire(mx.getTarget())));
        } else if (record instanceof TLSARecord tlsa) {
            return Optional.of(new TlsaRecord(tlsa.getCertificateUsage(), tlsa.getSelector(), tlsa.getMatchingType(),
                tlsa.getCertificateAssociationData()));
        } else if (record instanceof TXTRecord txt) {
            return Optional.of(text(txt));
        } else if (record instanceof CNAMERecord cname) {
            return Optional.of(new CnameRecord(WireNames.fromWire(cname.getTarget())));
        }
        return Optional.empty();
    }

    private static TxtRecord text(TXTRecord txt) {
        List<byte[]> strings = txt.getStringsAsByteArrays();
        int octets = strings.stream().mapToInt(string -> string.length).sum();
        if (octets > TxtRecord.MAX_OCTETS) {
            throw LookupFailure.of(Lookup.Reason.BUDGET, txt.getName() + " has a TXT record of " + octets + " octets, at most "
                + TxtRecord.MAX_OCTETS + " are taken");
        }
        return new TxtRecord(strings);
    }

    /** Without the host name; an IPv4-mapped IPv6 address becomes the IPv4 address that a connection would go to. */
    private static AddressRecord address(InetAddress address) {
        try {
            return new AddressRecord(InetAddress.getByAddress(address.getAddress()));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("An address has 4 or 16 octets", e);
        }
    }
}
