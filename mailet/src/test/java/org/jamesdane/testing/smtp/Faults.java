/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Does what a fault says. */
final class Faults {
    private final Wire wire;
    private final Session session;
    private final CountDownLatch serverClosing;

    Faults(Wire wire, Session session, CountDownLatch serverClosing) {
        this.wire = wire;
        this.session = session;
        this.serverClosing = serverClosing;
    }

    /**
     * Does it.
     *
     * @param normal the normal answer
     * @return what the client was answered
     * @throws SessionEnd if the fault ended the session
     */
    String perform(Fault fault, String normal) throws IOException {
        if (fault instanceof Fault.Say say) {
            wire.write(say.octets());
            follow(say.after());
            return say.octets();
        } else if (fault instanceof Fault.Append append) {
            wire.write(normal + append.octets());
            wire.flush();
        } else if (fault instanceof Fault.Follow follow) {
            wire.write(normal);
            wire.flush();
            wire.write(follow.octets());
            wire.flush();
        } else if (fault instanceof Fault.Later later) {
            wire.write(normal);
            wire.flush();
            pause(later.pause());
            wire.write(later.octets());
            wire.flush();
        } else if (fault instanceof Fault.Drip drip) {
            drip(normal, drip.gap());
        } else if (fault instanceof Fault.Flood flood) {
            flood(flood);
        } else if (fault instanceof Fault.Beneath beneath) {
            wire.writeBeneath(beneath.octets());
            follow(beneath.after());
        } else if (fault instanceof Fault.AcceptThen accept) {
            return perform(accept.fault(), normal);
        } else if (fault instanceof Fault.Renegotiate) {
            wire.renegotiate();
            wire.write(normal);
        } else {
            wire.write(normal);
        }
        return normal;
    }

    private void follow(Fault.After after) throws IOException {
        switch (after) {
            case CONTINUE -> wire.flush();
            case CLOSE -> close();
            case CUT -> {
                wire.cut();
                throw new SessionEnd("cut");
            }
            case RESET -> {
                wire.reset();
                throw new SessionEnd("reset");
            }
            case SILENCE -> hearOnly();
            case STALL -> stall();
        }
    }

    private void close() throws IOException {
        wire.finish();
        session.receive(wire.protection(), wire.linger());
        throw new SessionEnd("closed");
    }

    private void hearOnly() throws IOException {
        wire.flush();
        for (int octet = wire.read(); octet >= 0; octet = wire.read()) {
            session.receive(wire.protection(), String.valueOf((char) octet));
        }
        throw new SessionEnd("client closed after silence");
    }

    private void stall() throws IOException {
        wire.flush();
        session.end("stalled");
        try {
            serverClosing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new SessionEnd("stalled");
    }

    private void drip(String octets, Duration gap) throws IOException {
        for (int i = 0; i < octets.length(); i++) {
            wire.write(octets.substring(i, i + 1));
            wire.flush();
            pause(gap);
        }
    }

    private void flood(Fault.Flood flood) throws IOException {
        while (serverClosing.getCount() > 0) {
            wire.write(flood.octets());
            if (!flood.gap().isZero()) {
                wire.flush();
                pause(flood.gap());
            }
        }
        throw new SessionEnd("flooded");
    }

    private static void pause(Duration gap) throws SessionEnd {
        try {
            Thread.sleep(gap.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionEnd("server closed");
        }
    }
}
