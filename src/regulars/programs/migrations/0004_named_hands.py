from django.db import migrations


class Migration(migrations.Migration):
    """Staff in open drafts are written as everywhere else, so that nobody is taken for the terminal or for a key."""

    dependencies = [
        ("programs", "0003_two_people"),
    ]

    operations = [
        migrations.RunSQL(
            """
            UPDATE programs_programdraft
               SET written_by = array(
                       SELECT CASE WHEN name = 'terminal' THEN name ELSE 'staff:' || name END
                         FROM unnest(written_by) WITH ORDINALITY AS hand (name, place)
                        ORDER BY place
                   )
             WHERE state IN ('draft', 'review')
            """,
            migrations.RunSQL.noop,
        ),
    ]
