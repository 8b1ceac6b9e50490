/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.PolicySelection;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dns.DnsRecord;

/** Records decisions as they are made, and writes a trace of them only when asked: most traces are never read. For one thread. */
public final class TraceRecorder {
    private final NextHop nextHop;
    private final List<Consumer<TraceWriter>> events = new ArrayList<>();

    /** Begins an empty trace of a mail to this next hop. */
    public TraceRecorder(NextHop nextHop) {
        this.nextHop = nextHop;
    }

    /** Trace of what was recorded so far. */
    public DecisionTrace trace() {
        TraceWriter writer = new TraceWriter(nextHop);
        events.forEach(event -> event.accept(writer));
        return writer.trace();
    }

    /** Records which policy applies. */
    public void policy(PolicySelection selection) {
        events.add(writer -> writer.policy(selection));
    }

    /**
     * A question and its answer.
     *
     * @param type the type of records asked for
     */
    public void lookup(String type, Resolution<? extends DnsRecord> answer) {
        events.add(writer -> writer.lookup(type, answer));
    }

    /** Records where the hosts were found, or why there are none. */
    public void routing(Routing routing) {
        events.add(writer -> writer.routing(routing));
    }

    /** The addresses of a host. */
    public void addresses(HostAddresses addresses) {
        events.add(writer -> writer.addresses(addresses));
    }

    /** The TLSA records of a host. */
    public void discovery(MxHost host, TlsaDiscovery discovery) {
        events.add(writer -> writer.discovery(host, discovery));
    }

    /** Records what a connection to a host must be. */
    public void requirement(TlsRequirement requirement) {
        events.add(writer -> writer.requirement(requirement));
    }

    /** Records whether a channel met the requirement. */
    public void check(MxHost host, Channel channel, ChannelCheck check) {
        events.add(writer -> writer.check(host, channel, check));
    }

    /** Records why a host, or the domain, could not be used. */
    public void failure(HostFailure failure) {
        events.add(writer -> writer.failure(failure));
    }

    /** Records the finding of an audit. */
    public void audited(AuditRules.Audited audited) {
        events.add(writer -> writer.audited(audited));
    }

    /** Records the outcome of the mail for a recipient. */
    public void outcome(Outcome outcome) {
        events.add(writer -> writer.outcome(outcome));
    }
}
