/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.CnameRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.TlsaRecord;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.Type;

/** Turns records of the DNS library into ours. */
final class Records {
    private Records() {
    }

    static List<DnsRecord> of(SignedSet set) {
        return set.records().stream().map(Records::of).toList();
    }

    private static DnsRecord of(Record record) {
        if (record instanceof ARecord a) {
            return address(a.getAddress());
        } else if (record instanceof AAAARecord aaaa) {
            return address(aaaa.getAddress());
        } else if (record instanceof MXRecord mx) {
            return new MxRecord(mx.getPriority(), Names.fromWire(mx.getTarget()));
        } else if (record instanceof TLSARecord tlsa) {
            return new TlsaRecord(tlsa.getCertificateUsage(), tlsa.getSelector(), tlsa.getMatchingType(),
                tlsa.getCertificateAssociationData());
        } else if (record instanceof CNAMERecord cname) {
            return new CnameRecord(Names.fromWire(cname.getTarget()));
        }
        throw LookupFailure.of(Lookup.Reason.INTERNAL, "records of type " + Type.string(record.getType()) + " are not known");
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
