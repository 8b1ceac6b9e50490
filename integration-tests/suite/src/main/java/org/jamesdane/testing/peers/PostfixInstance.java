/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.peers;

/** Postfix in a directory with its configuration, its queue and its log. */
public final class PostfixInstance implements AutoCloseable {
    private static final String[] OWN_QUEUES = {"active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private",
        "saved", "trace"};
    /**
     * The services that every configuration has, as master.cf has them, but none in a chroot of its own. The queue manager hears
     * of new mail by a FIFO, the older way, which makes nobody wait for it while it is stopped.
     */
    private static final String SERVICES = """
        cleanup unix n - n - 0 cleanup
        qmgr fifo n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        tlsproxy unix - - n - 0 tlsproxy
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        showq unix n - n - - showq
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd
        """;

    private final RunDirectory run = Chroot.of("postfix").directory("postfix");

    /** Directory in which Postfix runs. */
    public RunDirectory run() {
        return run;
    }

    /**
     * Starts it.
     *
     * @param parameters lines for main.cf, beside what every instance needs
     * @param services lines for master.cf: who listens where
     * @return its master, whose children all others are
     */
    public ProcessHandle start(String parameters, String services) {
        Chroot.User postfix = run.chroot().user("postfix");
        Chroot.User postdrop = run.chroot().user("postdrop");
        run.directories("rwxr-xr-x", "conf", "data", "queue", "queue/pid").give(postfix, "data");
        for (String queue : OWN_QUEUES) {
            run.directories("rwx------", "queue/" + queue).give(postfix, "queue/" + queue);
        }
        Chroot.User droppedBy = new Chroot.User(postfix.id(), postdrop.group());
        run.directories("rwx-wx---", "queue/maildrop").directories("rwx--x---", "queue/public")
            .give(droppedBy, "queue/maildrop", "queue/public");
        run.write("conf/main.cf", """
            compatibility_level = 3.6
            queue_directory = %1$s/queue
            data_directory = %1$s/data
            daemon_directory = /usr/lib/postfix/sbin
            command_directory = /usr/sbin
            shlib_directory = /usr/lib/postfix
            meta_directory = /etc/postfix
            mail_owner = postfix
            setgid_group = postdrop
            maillog_file = %1$s/log
            maillog_file_prefixes = /
            mydestination =
            alias_maps =
            local_recipient_maps =
            mynetworks = 0.0.0.0/0 [::]/0
            smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
            smtpd_client_connection_count_limit = 0
            """.formatted(run.inside("")) + parameters);
        run.write("conf/master.cf", SERVICES + services).write("log", "").give(postfix, "log");
        return run.start("/usr/lib/postfix/sbin/master", "-c", run.inside("conf"), "-d");
    }

    /** Log of Postfix. */
    public String log() {
        return run.text("log");
    }

    @Override
    public void close() {
        run.close();
    }
}
