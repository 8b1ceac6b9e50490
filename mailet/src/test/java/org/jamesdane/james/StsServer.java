/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.sts.StsExceptions;
import org.jamesdane.delivery.sts.StsSearch;
import org.jamesdane.delivery.sts.StsWorld;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.https.FetchRecord;
import org.jamesdane.mtasts.PolicyFetcher;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.store.SettingKind;
import org.jamesdane.store.StoreException;
import org.jamesdane.store.Stores;

/** A server's part that knows MTA-STS, with policies in files of a directory. To be closed. */
public final class StsServer implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final Stores stores;
    private final MtaSts sts;

    /** Starts the server; the policies are read when this ends. */
    public StsServer(Path directory, SecureDns dns, StsDemand.Use use, PolicyFetcher fetcher) {
        stores = new Stores(new Stores.Location(directory, Optional.empty()), Policy.DANE, Clock.systemUTC(), "run");
        MtaStsSettings settings = new MtaStsSettings(use, false, Duration.ofSeconds(15), 443, List.of());
        sts = new MtaSts(settings, Authorities.NONE, stores.stsPolicies(),
            new MtaSts.Client(fetcher, () -> new FetchRecord.Counts(0, 0, 0, 0), () -> { }),
            new MtaSts.Means(dns, name -> { }, Clock.systemUTC(), new Random(1), timer, 10, StsExceptions.NONE));
        stores.start();
        try {
            // The store answers one question after the other.
            stores.settings().history(SettingKind.POLICY, Optional.empty());
        } catch (StoreException e) {
            throw new IllegalStateException(e);
        }
    }

    public MtaSts sts() {
        return sts;
    }

    /** The result of a search for the policy of {@link StsWorld#DOMAIN}, its fetch included. */
    public StsDiscovery search() throws Exception {
        StsSearch search = sts.terms().source().begin(StsWorld.DOMAIN);
        search.whole().get(20, TimeUnit.SECONDS);
        sts.tick();
        return search.present();
    }

    @Override
    public void close() {
        sts.close();
        stores.close();
        timer.shutdown();
    }
}
